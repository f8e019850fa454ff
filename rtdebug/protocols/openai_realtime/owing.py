"""What is owed: which request is unanswered, which response is open, which call has no result.

This is the one place that says it. The live view, what is open at the end of a record and the exit
code of an interrupted run read it; the findings about silence are made from the same requests,
responses and calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Protocol

from rtdebug.model.records import Event, Opened, Sender, View
from rtdebug.model.results import Owed
from rtdebug.packs.pack import Pack
from rtdebug.protocols.openai_realtime.conversation import Conversation
from rtdebug.protocols.openai_realtime.requests import Requests
from rtdebug.protocols.openai_realtime.settings import Settings
from rtdebug.protocols.openai_realtime.track_responses import ResponseTracker

_MOST = 1000
_RESULT_WITHIN = 15.0  # seconds, as long as tool-output-missing gives a client


class Owing(Protocol):
    """What must be known of a session to say what is owed in it."""

    pack: Pack
    view: View
    opened: Opened | None
    latest: Event | None
    requests: Requests
    responses: ResponseTracker
    conversation: Conversation
    settings: Settings
    seen: set[str]
    first_seqs: dict[str, int]

    @property
    def last_server(self) -> Event | None: ...


def owed(state: Owing, patience: float) -> tuple[Owed, ...]:
    """What either side owes the other now, the oldest first; ``patience`` is the silence of a
    response that counts, in seconds. What the record cannot show is not called owed."""
    found = [*_opening(state), *_requests(state), *_responses(state, patience), *_calls(state)]
    return tuple(sorted(found, key=lambda one: one.since)[:_MOST])


def _opening(state: Owing) -> Iterator[Owed]:
    opens, opened = state.pack.opens, state.opened
    if opens is None or opened is None or state.settings.created_seq is not None:
        return
    if state.latest is None and state.view.from_start and Sender.SERVER in state.view.senders:
        awaited, until = state.pack.type(opens), opened.at + state.pack.opens_within
        yield Owed("the connection", None, opened.at, Sender.SERVER, awaited, None, until)


def _requests(state: Owing) -> Iterator[Owed]:
    for role, queue in state.requests.pending.items():
        answer = state.pack.answers[role]
        if not queue or Sender.SERVER not in state.view.senders:
            continue
        shown = any(_would_show(state, by) for by in answer.by)
        awaited = " or ".join(dict.fromkeys(state.pack.type(by) for by in answer.by))
        for one in queue:
            # With nothing behind it, a request is open in any log.
            if one.pending and not one.perhaps_refused and (shown or _is_last(one.seq, state)):
                yield Owed(
                    one.type, one.seq, one.at, Sender.SERVER, awaited, one.subject,
                    one.at + answer.within,
                )  # fmt: skip


def _responses(state: Owing, patience: float) -> Iterator[Owed]:
    if not _would_show(state, "response.done"):
        return
    awaited = state.pack.type("response.done")
    for response in state.responses.open.values():
        since = response.last_at
        yield Owed(
            "response", response.seq, since, Sender.SERVER, awaited, response.id, since + patience
        )


def _calls(state: Owing) -> Iterator[Owed]:
    if not _would_show(state, "item.create"):
        return
    broken_off = {one.id for one in state.responses.done if one.status != "completed"}
    for call in state.conversation.calls.values():
        if call.answered_seq is None and call.response_id not in broken_off:
            name = f"function call {call.name}" if call.name else "function call"
            yield Owed(
                name, call.seq, call.at, Sender.CLIENT, "function_call_output", call.call_id,
                call.at + _RESULT_WITHIN,
            )  # fmt: skip


def _is_last(seq: int, state: Owing) -> bool:
    """Whether the server said nothing any more after that event."""
    last = state.last_server
    return last is None or last.seq < seq


def _would_show(state: Owing, role: str) -> bool:
    """Whether an event of that role would be in the record if it had come."""
    sender = Sender.CLIENT if role in state.pack.roles[Sender.CLIENT] else Sender.SERVER
    type_ = state.pack.type(role)
    if sender not in state.view.senders:
        return False
    if any(fnmatchcase(type_, pattern) for pattern in state.view.hidden):
        return False
    if not state.view.selective or sender is Sender.CLIENT:
        return True
    return type_ in state.seen or type_ in state.first_seqs or not state.first_seqs
