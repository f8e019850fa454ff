"""What a log that was not written here can show of its connection."""

from __future__ import annotations

from collections.abc import Sequence

from rtdebug.model.records import (
    Clock,
    Closed,
    Ended,
    Event,
    Opened,
    Record,
    Refused,
    Remark,
    Sender,
    View,
)
from rtdebug.model.value import replace

FIRST_EVENTS = frozenset(
    {
        "session.created", "transcription_session.created", "session.started",
        "session.starting", "setup", "setupComplete",
    }
)  # fmt: skip
"""What comes first on a connection, by the references of the Realtime APIs and of Gemini Live."""


def view_of(
    head: Sequence[Record], tail: Sequence[Record], clock: Clock, *, to_end: bool = False,
    senders: frozenset[Sender] | None = None, hidden: frozenset[str] = frozenset(),
    selective: bool = True, trimmed: bool | None = None,
) -> View:  # fmt: skip
    """The view of a log by its first and last records; ``to_end`` where its words prove it.
    A chosen log is a ``trimmed`` one unless it is known to be none."""
    events = [record for record in (*head, *tail) if isinstance(record, Event)]
    return View(
        clock=clock,
        from_start=begins_here(head, tail, selective=selective),
        to_end=to_end or ends(tail),
        senders=senders or frozenset(event.sender for event in events) or frozenset(Sender),
        whole=all(event.whole for event in events),
        hidden=hidden,
        selective=selective,
        trimmed=selective if trimmed is None else trimmed,
    )


def overruled(view: View, whole: bool | None) -> View:
    """The view of a log of which somebody says that it shows everything, or that it does not; None
    leaves it at what was seen. What is elided or without times stays so."""
    if whole is None:
        return view
    if whole:
        return View(view.clock, whole=view.whole)
    return replace(view, from_start=False, to_end=False, selective=True, trimmed=True)


def _shows_messages(records: Sequence[Record]) -> bool:
    """Whether a chosen log shows messages at all, so that the first can be missed in it."""
    return any(isinstance(record, Event | Refused) for record in records)


def begins_here(head: Sequence[Record], tail: Sequence[Record] = (), *, selective: bool) -> bool:
    """Whether a log shows its connection from its beginning on."""
    return starts(head) and (not selective or _shows_messages((*head, *tail)))


def starts(head: Sequence[Record]) -> bool:
    """Whether a log begins where its connection began: an open, or what the server sends first
    before anything that needs a session (clients may speak before it)."""
    for record in head:
        if isinstance(record, Opened | Refused):
            return True
        if isinstance(record, Event) and (
            record.type in FIRST_EVENTS or record.sender is Sender.SERVER
        ):
            return record.type in FIRST_EVENTS
        if isinstance(record, Closed):
            return False
    return False


def ends(tail: Sequence[Record]) -> bool:
    """Whether a log shows how its connection ended, with nothing but remarks after that."""
    for record in reversed(tail):
        if not isinstance(record, Remark):
            return isinstance(record, Closed | Ended | Refused)
    return False
