"""Who may run beside a proxy: a program that is started when the port is open."""

from __future__ import annotations

from typing import Protocol

from rtdebug.api.halting import Halt
from rtdebug.model.value import Value
from rtdebug.wire.audience import Aside


class AppAddress(Value):
    """Where apps connect now. ``exports`` are variables that make them trust the certificate."""

    host: str
    port: int
    secure: bool
    upstream: str
    exports: tuple[tuple[str, str], ...] = ()


class Companion(Protocol):
    """A program that runs beside a proxy, from the open port to its own end.

    ``begin`` starts it, ``note`` tells it what came to the port and was no connection, and ``end``
    returns when nothing of it is left. ``pass_on`` gets the signals that come, and says whether it
    took one. ``asked``: it was told to end, so that what is still owed then was interrupted.
    ``tells``: a report at its end tells of every connection, so that no view need do so.
    """

    @property
    def aside(self) -> Aside | None: ...
    @property
    def asked(self) -> bool: ...
    @property
    def tells(self) -> bool: ...

    def begin(self, place: AppAddress, halt: Halt) -> None: ...
    def note(self, text: str) -> None: ...
    def pass_on(self, number: int) -> bool: ...
    async def end(self) -> None: ...


class Nobody:
    """The apps are started by someone else."""

    aside = None
    asked = tells = False

    def begin(self, place: AppAddress, halt: Halt) -> None:
        """There is nothing to start."""

    def note(self, text: str) -> None:
        """Nobody listens."""

    def pass_on(self, number: int) -> bool:
        """A signal is for the proxy."""
        return False

    async def end(self) -> None:
        """There is nothing to end."""
