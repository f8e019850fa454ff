"""Who is shown one relayed connection, and what they are told when it is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rtdebug.engine.judged import Judged
from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding
from rtdebug.redaction import DEFAULT, Redactor
from rtdebug.wire.http_head import Headers
from rtdebug.wire.memory import Memory
from rtdebug.wire.parties import Recorder, Sink


@dataclass(frozen=True, slots=True)
class Arrival:
    """An app has asked for a connection. ``number`` counts from 1; URL and headers are masked
    by ``redactor``, which also knows the secrets that the headers hold."""

    number: int
    url: str
    headers: Headers
    redactor: Redactor = DEFAULT


@dataclass(frozen=True, slots=True)
class Ending:
    """A connection is over. ``judged`` is None when the judging itself failed, with ``failure``;
    ``notes`` are sentences about what was seen beside the messages."""

    number: int
    judged: Judged | None
    notes: tuple[str, ...] = ()
    failure: Exception | None = None


def _nothing(_: object) -> None:
    """For those who do not want to be told."""


class Listener(Protocol):
    """Who takes what is said beside a connection. ``latest`` is when its last record came."""

    @property
    def latest(self) -> float: ...
    def remark(self, at: float, text: str) -> None: ...


class Aside(Protocol):
    """The program that connects, as far as it is heard beside the messages. ``over`` is awaited
    when its connection is over, and returns when no more of it is to be heard."""

    def connected(self, listener: Listener) -> None: ...
    async def over(self, listener: Listener) -> None: ...


@dataclass(frozen=True, slots=True)
class Audience:
    """What belongs to one connection: its own session and who is shown its records.

    ``recorders`` get every record at once, before it is judged; ``views`` get it with its findings
    when it has been judged, which may be a little later under load. ``found`` gets the findings
    that a passed deadline brought, and where there are no views all of them. All are called on the
    event loop, so they must only take note and draw elsewhere or on a timer. ``ended`` is called
    once, last of all; files are the caller's to close there. ``aside`` is who may say something
    about the connection while it is open, and a little longer. ``memory`` remembers what comes.
    """

    session: Session
    recorders: tuple[Recorder, ...] = ()
    views: tuple[Sink, ...] = ()
    found: Callable[[Sequence[Finding]], None] = _nothing
    ended: Callable[[Ending], None] = _nothing
    aside: Aside | None = None
    memory: Memory | None = None
