"""Reconnects: an app that connects again goes on writing into the same log."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from rtdebug.engine.session import Session
from rtdebug.model.records import Event, Opened, Record, Remark, Sender
from rtdebug.model.value import replace
from rtdebug.rules import index

_MOST_HELD = 1000


class Connections:
    """The records of one reading, each with the session that judges its connection.

    Whoever iterates shows a record to its session before asking for the next. After the end of a
    connection that had events, an opening or a greeting of the server begins another, and what the
    client sent in between belongs to that one. ``bare`` are the numbers of events that are an
    error without its envelope; ``sessions`` says how many of them each session has seen.
    """

    def __init__(self, first: Session, records: Iterable[Record], bare: Container[int]) -> None:
        self.sessions: dict[Session, int] = {first: 0}
        self._session = first
        self._records = records
        self._bare = bare

    def __iter__(self) -> Iterator[tuple[Session, Record]]:
        held: list[Record] = []
        for record in self._records:
            if _is_over(self._session):
                begins = _begins(record, self._session)
                if not begins and _may_be_early(record) and len(held) < _MOST_HELD:
                    held.append(record)
                    continue
                if begins:
                    self._session = _another(self._session)
                    self.sessions[self._session] = 0
                yield from map(self._told, held)
                held = []
            yield self._told(record)
        yield from map(self._told, held)

    def _told(self, record: Record) -> tuple[Session, Record]:
        if record.__class__ is Event and record.seq in self._bare:
            self.sessions[self._session] += 1
        return self._session, record


def _is_over(session: Session) -> bool:
    state = session.state
    return state.closed is not None and bool(state.first_seqs or state.last_client)


def _begins(record: Record, session: Session) -> bool:
    if isinstance(record, Event):
        role = session.pack.role(record.sender, record.type)
        return record.sender is Sender.SERVER and role is not None and role == session.pack.opens
    return isinstance(record, Opened)


def _may_be_early(record: Record) -> bool:
    by_client = isinstance(record, Event) and record.sender is Sender.CLIENT
    return by_client or isinstance(record, Remark)


def _another(session: Session) -> Session:
    view = replace(session.view, from_start=True)
    return Session(
        session.pack, index.entries(), view=view, patience=session.patience,
        redactor=session.evidence.masker.redactor,
    )  # fmt: skip
