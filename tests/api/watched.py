"""A proxy in a thread of this process, and someone who looks on and says when it is enough."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from rtdebug.api.halting import Halt
from rtdebug.api.viewing import Talk
from rtdebug.api.watching import Watching
from rtdebug.api.watching_proxy import AppAddress, Listening, Watched, watch_proxy
from rtdebug.reports.live import LiveLook, LiveView


class Onlooker:
    """A viewer that keeps what it is shown; ``text`` is all of it when the watch is over."""

    def __init__(self, watching: Watching, look: LiveLook | None = None) -> None:
        keeps = watching.strictness.keeps
        self.view = LiveView(look or LiveLook(width=200, labels=True), keeps=keeps)
        self.displays = (self.view,)
        self.text = ""
        self.halt: Halt | None = None
        self.talk: Talk | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.begun = threading.Event()

    @asynccontextmanager
    async def showing(self, halt: Halt, talk: Talk | None = None) -> AsyncIterator[None]:
        self.loop, self.halt, self.talk = asyncio.get_running_loop(), halt, talk
        self.begun.set()
        try:
            yield
        finally:
            self.text = self.view.close(0.0)

    async def caught_up(self) -> None:
        """It is never behind."""

    def quit(self) -> None:
        """Enough has been seen."""
        assert self.loop is not None
        assert self.halt is not None
        self.loop.call_soon_threadsafe(self.halt.quit)


class RunningProxy:
    """The proxy. :meth:`quit` ends it, and then ``watched`` is what it came to."""

    def __init__(self, listening: Listening, watching: Watching, look: LiveLook | None) -> None:
        self.onlooker = Onlooker(watching, look)
        self.place: AppAddress | None = None
        self.watched: Watched | None = None
        self.error: BaseException | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listening, watching))
        self._thread.start()
        assert self._ready.wait(5)
        if self.error is not None:
            self._thread.join()
            raise self.error

    @property
    def url(self) -> str:
        """Where an app connects."""
        assert self.place is not None
        scheme = "wss" if self.place.secure else "ws"
        return f"{scheme}://localhost:{self.place.port}/v1/realtime?model=gpt-realtime"

    @property
    def code(self) -> int:
        """The exit code."""
        assert self.watched is not None
        return self.watched.report.exit_code

    @property
    def text(self) -> str:
        """Everything that was shown."""
        return self.onlooker.text

    def quit(self) -> None:
        """Seen enough."""
        if self._thread.is_alive():
            self.onlooker.quit()
            self._thread.join(5)
        assert not self._thread.is_alive()
        if self.error is not None:
            raise self.error

    def _run(self, listening: Listening, watching: Watching) -> None:
        try:
            self.watched = watch_proxy(listening, watching, self.onlooker, ready=self._opened)
        except BaseException as error:
            self.error = error
            self._ready.set()

    def _opened(self, place: AppAddress) -> None:
        self.place = place
        self._ready.set()


@contextmanager
def watching_proxy(
    upstream: str,
    *,
    capture: Path | None = None,
    look: LiveLook | None = None,
    watching: Watching | None = None,
    **settings: Any,
) -> Iterator[RunningProxy]:
    """A proxy that is ended when the block is left."""
    listening = Listening("127.0.0.1", 0, upstream, **settings)
    running = RunningProxy(listening, watching or Watching(capture=capture), look)
    try:
        yield running
    finally:
        running.quit()
