"""Serves a page that goes on to whoever was told its address: this machine's browsers only.

The address holds a token; a request without it, of another Host or of a foreign Origin gets
nothing. What a browser sends is not read.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from rtdebug.wire.guard import guard_for
from rtdebug.wire.http_head import HttpRequest as Head

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection
    from websockets.http11 import Request, Response

HOST = "127.0.0.1"
EVENTS = "/events"
_EVERY = 0.25  # seconds between two looks at what is new
_MOST = 8  # browsers at once
_SILENT = logging.Logger("rtdebug.silent")
_SILENT.disabled = True
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}

News = Callable[[], list[str]]


@asynccontextmanager
async def serve_page(
    page: Callable[[str], str], onlooker: Callable[[], News], port: int = 0
) -> AsyncIterator[str]:
    """The address of the page, which is served until this is left; ``page`` makes it for where its
    events come from, ``onlooker`` gives what asks for news of each browser."""
    from websockets.asyncio.server import serve

    web = _Web(page, onlooker)
    async with serve(
        web.show, HOST, port, process_request=web.answer, logger=_SILENT, compression=None,
        ping_interval=None, max_size=1024, close_timeout=1, server_header=None,
    ) as server:  # fmt: skip
        web.port = next(iter(server.sockets)).getsockname()[1]
        try:
            yield f"http://{HOST}:{web.port}/?token={web.token}"
        finally:
            web.over.set()
            await web.told_all()


class _Web:
    def __init__(self, page: Callable[[str], str], onlooker: Callable[[], News]) -> None:
        self.token = secrets.token_urlsafe(24)
        self.port = 0
        self.over = asyncio.Event()
        self._page = page
        self._onlooker = onlooker
        self._guard = guard_for(exposed=False)
        self._shown: set[asyncio.Task[None]] = set()

    def answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """The page, a refusal, or None where a browser may hear the events."""
        parts = urlsplit(request.path)
        given = parse_qs(parts.query).get("token", [""])[0]
        head = Head("", tuple(request.headers.raw_items()))
        refusal = self._guard.refusal(head)
        if refusal is not None:
            return connection.respond(HTTPStatus(refusal.status), f"{refusal.message}\n")
        if not secrets.compare_digest(given.encode(), self.token.encode()):
            return connection.respond(HTTPStatus.FORBIDDEN, "the address lacks its token\n")
        if parts.path == EVENTS and "origin" in request.headers and len(self._shown) < _MOST:
            return None
        if parts.path != "/":
            return connection.respond(HTTPStatus.NOT_FOUND, "there is only one page here\n")
        sources = " ".join(f"ws://{name}:{self.port}" for name in (HOST, "localhost"))
        response = connection.respond(HTTPStatus.OK, self._page(sources))
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "text/html; charset=utf-8"
        for name, value in _HEADERS.items():
            response.headers[name] = value
        return response

    async def show(self, connection: ServerConnection) -> None:
        """Sends what is new until there is nothing more."""
        from websockets.exceptions import ConnectionClosed

        task = asyncio.current_task()
        assert task is not None
        self._shown.add(task)
        news = self._onlooker()
        try:
            with contextlib.suppress(ConnectionClosed):
                while not self.over.is_set():
                    await self._send(connection, news)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self.over.wait(), _EVERY)
                await self._send(connection, news)
                await connection.close(1000, "over")
        finally:
            self._shown.discard(task)

    async def told_all(self) -> None:
        """Returns when every browser has the last of it, or has taken too long."""
        if self._shown:
            await asyncio.wait(self._shown, timeout=2)

    async def _send(self, connection: ServerConnection, news: News) -> None:
        for text in news():
            await connection.send(text)
