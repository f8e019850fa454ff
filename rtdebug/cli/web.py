"""--web: a browser looks on while something is watched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from rtdebug.api.halting import Halt
from rtdebug.api.verdict import Strictness
from rtdebug.api.viewing import Display, Talk, Viewer
from rtdebug.cli.streams import tell
from rtdebug.reports.page.keeping import Keeping
from rtdebug.reports.page.live import LivePage


class WebViewer:
    """A viewer beside which a page is served."""

    def __init__(self, viewer: Viewer, keeping: Keeping, strictness: Strictness) -> None:
        self._viewer = viewer
        self._live = LivePage(keeping, strictness.keeps)

    @property
    def displays(self) -> Sequence[Display]:
        """Those of the other viewer: the page takes what is kept."""
        return self._viewer.displays

    @asynccontextmanager
    async def showing(self, halt: Halt, talk: Talk | None = None) -> AsyncIterator[None]:
        """Serves the page until it is left."""
        from rtdebug.wire.web import serve_page

        async with serve_page(self._live.page, self._live.onlooker) as address:
            tell(f"look on at {address}\n")
            async with self._viewer.showing(halt, talk):
                yield

    async def caught_up(self) -> None:
        """The page takes what has come when it can."""
        await self._viewer.caught_up()
