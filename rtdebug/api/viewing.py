"""Who looks on while something is watched, and through what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from rtdebug.api.halting import Halt
from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding
from rtdebug.model.results import Run
from rtdebug.packs.pack import Pack
from rtdebug.reports.arrivals import Lane
from rtdebug.secrets.masker import cleaned


class Display(Protocol):
    """A view of all connections, such as the live view."""

    def lane(self, pack: Pack, label: str = "") -> Lane: ...
    def note(self, text: str) -> None: ...


class Talk(Protocol):
    """Where lines go that a person types. ``unsent`` counts messages that still wait."""

    @property
    def unsent(self) -> int: ...
    def line(self, text: str) -> None: ...
    def no_more(self) -> None: ...
    def quit(self) -> None: ...


class Viewer(Protocol):
    """Draws displays beside whatever runs in the event loop.

    ``showing`` draws until it is left; ``talk`` is where typed lines go, None where nobody
    listens. ``caught_up`` returns when everything so far is on its way to the screen.
    """

    @property
    def displays(self) -> Sequence[Display]: ...
    def showing(
        self, halt: Halt, talk: Talk | None = None
    ) -> AbstractAsyncContextManager[None]: ...
    async def caught_up(self) -> None: ...


class Unseen:
    """Nobody looks on."""

    displays: Sequence[Display] = ()

    @asynccontextmanager
    async def showing(self, halt: Halt, talk: Talk | None = None) -> AsyncIterator[None]:
        """Shows nothing."""
        yield

    async def caught_up(self) -> None:
        """There is nothing to wait for."""


class Lanes:
    """One connection in every display: ``all`` of them, and in ``views`` the same, or none where
    all that is wanted is what is found."""

    def __init__(self, displays: Sequence[Display], pack: Pack, label: str = "") -> None:
        self.all = tuple(display.lane(pack, label) for display in displays)
        self.views = self.all if any(one.wants_records for one in self.all) else ()

    def owing(self, session: Session) -> None:
        """The session that can say what is owed on it at any moment."""
        mask = session.evidence.masker.redactor.text
        for lane in self.all:
            lane.owed = lambda: cleaned(session.owed(), mask)

    def found(self, findings: Sequence[Finding]) -> None:
        """What a passed deadline brought to light."""
        self._each(lambda lane: lane.found(findings))

    def time(self, *, timed: bool) -> None:
        """Whether its records have times."""
        for lane in self.all:
            lane.timed = timed

    def note(self, text: str) -> None:
        """A word about this connection."""
        self._each(lambda lane: lane.note(text))

    def over(self, run: Run | None = None, *, told: bool = False) -> None:
        """The connection has ended; ``run`` is what it came to, ``told`` to people elsewhere."""
        self._each(lambda lane: lane.over(run, told=told))

    def _each(self, act: Callable[[Lane], None]) -> None:
        for lane in self.all:
            act(lane)
