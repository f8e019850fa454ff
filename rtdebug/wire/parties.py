"""Whom the driver serves: session, player, sinks and recorder, as far as it must know them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from rtdebug.model.commands import Command
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Record, Sender, Undecodable
from rtdebug.model.value import Value


class Judge(Protocol):
    """The session; times are seconds since the connection opened, ``deadline`` may be infinite."""

    deadline: float

    def decode(
        self, data: str | bytes, at: float, sender: Sender, *, binary: bool = False
    ) -> Event | Undecodable: ...
    def observe(self, record: Record) -> Sequence[Finding]: ...
    def advance(self, at: float) -> Sequence[Finding]: ...


class Player(Protocol):
    """Who speaks as the client.

    It hears every record, also its own messages and what comes after it is ``done``. Then
    ``reason`` is "finished", "gave-up" or "interrupted", and ``waited`` how many seconds what it
    gave up on had been awaited in vain (0 when nothing was).
    """

    @property
    def deadline(self) -> float | None: ...
    @property
    def done(self) -> bool: ...
    @property
    def reason(self) -> str: ...
    @property
    def waited(self) -> float: ...
    def observe(self, record: Record) -> Sequence[Command]: ...
    def advance(self, at: float) -> Sequence[Command]: ...
    def interrupt(self, at: float) -> None: ...


class Prober(Protocol):
    """Who asks the peer one thing more when the player has given up.

    ``ask`` gives the message, None where there is nothing to ask, and may be called once; ``hear``
    gets what the server says from then on, until it is ``over``.
    """

    within: float

    @property
    def over(self) -> bool: ...
    def ask(self, at: float, waited: float) -> str | None: ...
    def hear(self, record: Event) -> None: ...


class Sink(Protocol):
    """Who is shown every record with what it brought to light."""

    def accept(self, record: Record, findings: Sequence[Finding]) -> None: ...


class Recorder(Protocol):
    """Who keeps every record, before anything is made of it."""

    def write(self, record: Record) -> None: ...
    def write_all(self, records: Sequence[Record]) -> None: ...


class Bystander(Value):
    """Someone who follows a conversation while it runs.

    Setting ``wake`` asks the player at once whether it has something to say (its ``advance`` is
    called). ``found`` gets the findings that a passed deadline brought, when it passes; without a
    bystander they are shown with the next record.
    """

    wake: asyncio.Event
    found: Callable[[Sequence[Finding]], None]
