"""Draws live views beside the event loop, and hears the keys.

Everything is made on a timer and written by threads, so that a slow, stopped or vanished terminal
never holds up what is watched.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import NamedTuple, Protocol, TypeAlias

from rtdebug.api.halting import Halt
from rtdebug.api.viewing import Display, Talk
from rtdebug.cli.outlet import Outlet, Put

_EVERY = 0.05  # seconds between two looks at what has come
_SLICE = 0.004  # seconds of making rows before the event loop has its turn
_PAUSE = 0.005  # and for how long, while more waits
_BATCH = 100
_LAST_WORDS = 1.0  # seconds that a terminal gets to take the last of it
_WAITING = 2000  # rows that may wait for a screen before a file is read on


class Drawn(Display, Protocol):
    """A display that can be drawn."""

    @property
    def held(self) -> int: ...
    def absorb(self, now: float, most: int = 500) -> bool: ...
    def draw(self, now: float) -> str: ...
    def close(self, now: float) -> str: ...


class Keys(Protocol):
    """What hears the keys, or other input, while something is shown."""

    def open(self) -> None: ...
    def close(self) -> None: ...


class Canvas(NamedTuple):
    """A display, and how it is written."""

    display: Drawn
    put: Put


KeysFor: TypeAlias = Callable[[Halt, Talk | None], Keys | None]


def _no_keys(halt: Halt, talk: Talk | None) -> None:
    """Nobody is at a keyboard."""


class Screen:
    """Draws displays, but not as long as it is ``waiting`` for something else to be said first.

    ``gone``: whoever read one of them has read enough; ``stuck``: a terminal did
    not take the last of it; ``failure``: a place could not be written."""

    def __init__(
        self,
        canvases: Sequence[Canvas],
        *,
        keys: KeysFor = _no_keys,
        resized: Callable[[], None] | None = None,
    ) -> None:
        self.displays: Sequence[Display] = [canvas.display for canvas in canvases]
        self.waiting = False
        self.gone = False
        self.stuck = False
        self.failure: OSError | None = None
        self._canvases = canvases
        self._keys = keys
        self._resized = resized
        self._outlets: list[Outlet] = []
        self._timer: asyncio.TimerHandle | None = None
        self._halt: Halt | None = None
        self._written = asyncio.Event()

    @asynccontextmanager
    async def showing(self, halt: Halt, talk: Talk | None = None) -> AsyncIterator[None]:
        """Draws until it is left."""
        loop = asyncio.get_running_loop()

        def written() -> None:  # called by the thread that wrote
            with suppress(RuntimeError):  # the loop has been closed
                loop.call_soon_threadsafe(self._written.set)

        self._halt = halt
        self._outlets = [Outlet(one.put, written) for one in self._canvases]
        keys = self._keys(halt, talk)
        if keys is not None:
            keys.open()
        try:
            with _on_resize(self._resized):
                self._tick()
                yield
        finally:
            if keys is not None:
                keys.close()
            if self._timer is not None:
                self._timer.cancel()
            self._close(loop.time())

    async def caught_up(self) -> None:
        """Returns when what has come is written, or nearly: a file is read no faster."""
        while self._halt is not None and not self._halt.event.is_set():
            self._written.clear()
            waits = self._draw(asyncio.get_running_loop().time())
            if not waits and all(one.display.held < _WAITING for one in self._canvases):
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(_EVERY):
                    await self._written.wait()

    # -- drawing -----------------------------------------------------------------------------

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        waits = self._draw(loop.time())
        self._timer = loop.call_later(_PAUSE if waits else _EVERY, self._tick)

    def _draw(self, now: float) -> bool:
        """Makes rows for a while, and writes them where the last ones are written; True when more
        waits."""
        if self.waiting:
            return False
        clock = asyncio.get_running_loop().time
        more = False
        for canvas, outlet in zip(self._canvases, self._outlets, strict=True):
            display, until = canvas.display, clock() + _SLICE
            waits = display.absorb(now, _BATCH)
            while waits and clock() < until:
                waits = display.absorb(now, _BATCH)
            more = more or waits
            if outlet.idle:
                self._put(outlet, display.draw(now))
        return more

    def _put(self, outlet: Outlet, text: str) -> None:
        failure = outlet.failure
        if failure is None:
            if text:
                outlet.write(text)
        elif isinstance(failure, BrokenPipeError):
            self.gone = True
            if self._halt is not None:
                self._halt.quit()
        else:
            self.failure = failure

    def _close(self, now: float) -> None:
        for canvas, outlet in zip(self._canvases, self._outlets, strict=True):
            text = canvas.display.close(now)
            if outlet.wait(_LAST_WORDS):
                self._put(outlet, text)
            if outlet.wait(_LAST_WORDS):
                self._put(outlet, "")
            else:
                self.stuck = True


@contextmanager
def _on_resize(act: Callable[[], None] | None) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    if act is None or not hasattr(signal, "SIGWINCH"):
        yield
        return
    with suppress(ValueError, RuntimeError):  # off the main thread there are no signals
        loop.add_signal_handler(signal.SIGWINCH, act)
    try:
        yield
    finally:
        with suppress(ValueError, RuntimeError):
            loop.remove_signal_handler(signal.SIGWINCH)
