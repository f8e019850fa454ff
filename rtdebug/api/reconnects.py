"""Connections of one record: an app that connects again goes on writing into the same log, and
what a log tells of an end may be of another connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rtdebug.captures.reading import Reading
from rtdebug.engine.session import Session
from rtdebug.model.records import Closed, Event, Opened, Record, Refused, Remark, Sender
from rtdebug.model.value import replace
from rtdebug.rules import index

_MOST_HELD = 1000


class Connections:
    """The records of one reading, each with the session that judges its connection.

    Whoever iterates shows a record to its session before asking for the next. What comes after an
    end decides about it: an opening or a greeting of the server begins another connection, to which
    belongs what the client sent in between; any other message of the server proves that this one
    did not end, so that what was told of an end is a remark. ``sessions`` says how many events that
    are an error without its envelope each session has seen. Where it ``skims``, most deltas come to
    the session past whoever iterates.
    """

    def __init__(
        self, first: Session, records: Iterable[Record], reading: Reading, *, skims: bool = True
    ) -> None:
        self.sessions: dict[Session, int] = {first: 0}
        self._session = first
        self._records = records
        self._reading = reading
        self._held: list[Record] = []
        self._skims = skims
        self._skim()

    def __iter__(self) -> Iterator[tuple[Session, Record]]:
        for record in self._records:
            usual = record.__class__ is Event and self._session.state.closed is None
            if not self._held and (usual or not self._may_be_over(record)):
                yield self._told(record)
            else:
                yield from self.take(record)
        yield from self.finish()

    def take(self, record: Record) -> Iterator[tuple[Session, Record]]:
        """The next record, for whoever has them one by one."""
        held = self._held
        if not held and not self._may_be_over(record):
            yield self._told(record)
        elif not held or (_may_wait(record) and len(held) <= _MOST_HELD):
            held.append(record)
            self._reading.skim = None  # which would pass by what is held
        else:
            self._held = []
            yield from self._decided(held, record)

    def finish(self) -> Iterator[tuple[Session, Record]]:
        """Nothing more comes."""
        held, self._held = self._held, []
        yield from map(self._told, held)

    def _may_be_over(self, record: Record) -> bool:
        """Whether a record tells of an end, or comes after one."""
        return isinstance(record, Closed | Refused) or (
            self._session.state.closed is not None and _has_events(self._session)
        )

    def _decided(self, held: list[Record], record: Record) -> Iterator[tuple[Session, Record]]:
        """What was held, by what came after it."""
        if _begins(record, self._session):
            ends = [one for one in held if isinstance(one, Closed | Refused)]
            early = [one for one in held if not isinstance(one, Closed | Refused)]
            yield from map(self._told, ends)
            if _has_events(self._session):
                self._next()
            yield from map(self._told, early)
        elif self._is_of_server(record) and self._session.state.closed is None:
            yield from (self._told(_contradicted(one)) for one in held)
        else:
            yield from map(self._told, held)
        self._skim()
        yield self._told(record)

    def _skim(self) -> None:
        self._reading.skim = self._session.skim if self._skims else None

    def _is_of_server(self, record: Record) -> bool:
        """Whether it is a message that the server sent, and not only words of one."""
        if not isinstance(record, Event) or record.sender is not Sender.SERVER:
            return False
        return record.seq not in self._reading.bare

    def _next(self) -> None:
        self._session = _another(self._session)
        self.sessions[self._session] = 0

    def _told(self, record: Record) -> tuple[Session, Record]:
        if record.__class__ is Event and record.seq in self._reading.bare:
            self.sessions[self._session] += 1
        return self._session, record


def _has_events(session: Session) -> bool:
    return bool(session.state.first_seqs or session.state.last_client)


def _begins(record: Record, session: Session) -> bool:
    if isinstance(record, Event):
        role = session.pack.role(record.sender, record.type)
        return record.sender is Sender.SERVER and role is not None and role == session.pack.opens
    return isinstance(record, Opened)


def _may_wait(record: Record) -> bool:
    """Whether a record decides nothing about the end that was told before it."""
    by_client = isinstance(record, Event) and record.sender is Sender.CLIENT
    return by_client or isinstance(record, Remark | Closed | Refused)


def _contradicted(record: Record) -> Record:
    """An end that was none, as the remark that it is."""
    if isinstance(record, Closed):
        words = f"told of a close ({record.code} {record.reason}".rstrip()
        return Remark(record.at, f"{words}), and more came of this connection")
    if isinstance(record, Refused):
        return Remark(
            record.at, f"told of a refusal ({record.text[:400]}), and the session goes on"
        )
    return record


def _another(session: Session) -> Session:
    view = replace(session.view, from_start=True)
    return Session(
        session.pack, index.entries(), view=view, patience=session.patience,
        redactor=session.evidence.masker.redactor,
    )  # fmt: skip
