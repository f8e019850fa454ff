"""A scripted server, and a judge between an app and its server, for a test in Python."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rtdebug.api.background import Background
from rtdebug.api.companion import AppAddress
from rtdebug.api.gallery_faults import fault_script
from rtdebug.api.halting import Halt
from rtdebug.api.library import strictness
from rtdebug.api.viewing import Talk, Unseen
from rtdebug.api.watching import Watching
from rtdebug.api.watching_proxy import Listening, Watched, watch_proxy
from rtdebug.documents import load_document, parse_document
from rtdebug.errors import UsageError
from rtdebug.model.results import Report
from rtdebug.packs.load import load_pack
from rtdebug.scenario.document import MOCK
from rtdebug.scenario.mock_reader import read_mock_script
from rtdebug.scenario.mock_script import MockScript
from rtdebug.scenario.vocabulary import vocabulary_of

_PATH = "/v1/realtime"


class Server:
    """Where it is: ``url`` for a WebSocket, ``base_url`` for a client that adds ``/realtime``."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.base_url = "http" + url.removeprefix("ws").removesuffix("/realtime")


class Judge(Server):
    """Stands between an app and its server."""

    def __init__(self, url: str, finish: Callable[[], Report]) -> None:
        super().__init__(url)
        self._finish = finish
        self._report: Report | None = None

    @property
    def asked(self) -> bool:
        """Whether it has been ended for its report."""
        return self._report is not None

    def report(self) -> Report:
        """Ends it, and what it saw: a run for each connection."""
        if self._report is None:
            self._report = self._finish()
        return self._report


@contextmanager
def serve(
    script: Mapping[str, Any] | str | Path | None = None, *, fault: str | None = None
) -> Iterator[Server]:
    """A local server that does as a mock script says: a mapping, a file, or, as ``fault``, the name
    of a finding that the gallery shows. Raises RtdebugError."""
    said = _script(script, fault)
    stop: list[Callable[[], object]] = []

    async def work(ready: Callable[[str], None]) -> None:
        from rtdebug.wire.mock import serve_mock

        over, loop = asyncio.Event(), asyncio.get_running_loop()
        stop.append(partial(loop.call_soon_threadsafe, over.set))
        check = vocabulary_of(load_pack().name).check_event
        async with serve_mock(said, check_event=check) as mock:
            ready(mock.url)
            await over.wait()

    server = Background[str, None](lambda ready: asyncio.run(work(ready)))
    url = server.begin()
    try:
        yield Server(url)
    finally:
        stop[0]()
        server.end()


@contextmanager
def judge(
    upstream: str = MOCK,
    *,
    pack: str | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    fail_on: str = "error",
    capture: str | Path | None = None,
) -> Iterator[Judge]:
    """A judging proxy before ``upstream``, a WebSocket URL or ``mock``: connect the app to its
    ``url``, then ask for its ``report()``. ``capture`` is a folder for a file a connection."""
    folder = None if capture is None else Path(capture)
    watching = Watching(strictness(select, ignore, fail_on), pack, folder)
    viewer = _Stopper()

    def work(ready: Callable[[AppAddress], None]) -> Watched:
        return watch_proxy(Listening("127.0.0.1", 0, upstream), watching, viewer, ready=ready)

    def finish() -> Report:
        viewer.stop()
        watched = proxy.end()
        if watched.bug is not None:
            raise watched.bug
        return watched.report

    proxy = Background[AppAddress, Watched](work)
    place = proxy.begin()
    path = urlsplit(upstream).path.rstrip("/") if upstream != MOCK else ""
    judging = Judge(f"ws://{place.host}:{place.port}{path or _PATH}", finish)
    try:
        yield judging
    finally:
        judging.report()


class _Stopper(Unseen):
    """Nobody looks on, but whoever began it may end it, from another thread."""

    def __init__(self) -> None:
        self._begun: list[tuple[Halt, asyncio.AbstractEventLoop]] = []

    @asynccontextmanager
    async def showing(self, halt: Halt, talk: Talk | None = None) -> AsyncIterator[None]:
        """Notes what ends it."""
        self._begun.append((halt, asyncio.get_running_loop()))
        yield

    def stop(self) -> None:
        """Ends it as a person does who has seen enough."""
        for halt, loop in self._begun:
            if not loop.is_closed():
                loop.call_soon_threadsafe(halt.quit)


def _script(script: Mapping[str, Any] | str | Path | None, fault: str | None) -> MockScript:
    if fault is not None:
        if script is not None:
            raise UsageError("serve: a script and a fault exclude each other", "give one of them")
        return fault_script(fault)
    if script is None:
        return MockScript()
    if isinstance(script, Mapping):
        document, folder = parse_document(json.dumps(script, indent=1), "the script"), None
    else:
        document, folder = load_document(script), Path(script).parent
    return read_mock_script(document.value, document.error, folder=folder)
