"""Serves scripted servers over a real socket, one actor a connection, in this process.

Listens where it is told (the loopback by default) and lets nothing of websockets' own get between:
no pings, no compression unless asked for, no limit common clients could run into.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from rtdebug.engine.decoder import decode
from rtdebug.errors import UsageError
from rtdebug.model.commands import Close, Command
from rtdebug.model.records import Closed, Event, Opened, Record, Sender, Undecodable
from rtdebug.model.value import Value
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.packs.pack import Pack
from rtdebug.safe import safe
from rtdebug.scenario.mock_script import MockScript, Refuse
from rtdebug.scenario.responder import Responder
from rtdebug.scenario.responder_answers import CheckEvent
from rtdebug.wire import http_head, limits
from rtdebug.wire.clock import Stopwatch
from rtdebug.wire.closing import ABNORMAL
from rtdebug.wire.guard import Guard, Refusal

if TYPE_CHECKING:
    import ssl

    from websockets.asyncio.server import Server, ServerConnection
    from websockets.http11 import Request, Response

SUBPROTOCOL = "realtime"
PATH = "/v1/realtime"

_KEPT_SESSIONS = 100
_CLOSE_WITHIN = 1.0
_QUEUE = 4096  # messages; a client may write on while it is written to
# websockets logs keys at DEBUG; this logger has no parent and says nothing.
_SILENT = logging.Logger("rtdebug.silent")
_SILENT.disabled = True


class Hallway(Protocol):
    """What every record of one connection walks through, such as a session that judges it."""

    @property
    def deadline(self) -> float | None: ...
    def decode(
        self, data: str | bytes, at: float, sender: Sender, *, binary: bool = False
    ) -> Event | Undecodable: ...
    def observe(self, record: Record) -> object: ...
    def advance(self, at: float) -> object: ...


class Terms(Value):
    """Who is let in, how many at once, and by which pack messages are read; ``anywhere`` is on
    every path, with ``subprotocol`` where it is offered; ``beta`` is the shape a script speaks."""

    guard: Guard = Guard()
    most: int = 1000
    pack: str = DEFAULT_PACK
    anywhere: bool = False
    subprotocol: str = SUBPROTOCOL
    beta: bool = False


class Actor(Protocol):
    """Who plays the server on one connection. ``refuse`` is what the upgrade is answered with
    instead."""

    @property
    def refuse(self) -> Refuse | None: ...
    @property
    def deadline(self) -> float | None: ...
    def observe(self, record: Record) -> Sequence[Command]: ...
    def advance(self, at: float) -> Sequence[Command]: ...


class MockServer:
    """A running mock. ``url`` is where clients connect; ``sessions`` holds the hallways of its
    last 100 connections, oldest first, ``connections`` counts all of them."""

    def __init__(
        self,
        actor: Callable[[int], Actor],
        hallway: Callable[[], Hallway] | None,
        terms: Terms,
    ) -> None:
        self.url = ""
        self.port = 0
        self.connections = 0
        self.sessions: deque[Hallway] = deque(maxlen=_KEPT_SESSIONS)
        self.failures: list[Exception] = []
        self._actor = actor
        self._actors: WeakKeyDictionary[ServerConnection, Actor] = WeakKeyDictionary()
        self._hallway = hallway
        self._terms = terms
        self._pack = load_pack(terms.pack)
        self._open = 0
        self._asked = 0

    async def converse(self, connection: ServerConnection) -> None:
        """Everything of one connection; a bug ends it with 1011 and is told when serving ends."""
        self.connections += 1
        self._open += 1
        hallway = self._hallway() if self._hallway else None
        if hallway is not None:
            self.sessions.append(hallway)
        actor = self._actors.pop(connection)
        try:
            await _Conversation(connection, actor, self._pack, hallway).run()
        except Exception as bug:
            self.failures.append(bug)
            raise
        finally:
            self._open -= 1

    def answer_request(self, connection: ServerConnection, request: Request) -> Response | None:
        """An HTTP answer in place of the upgrade: to whom is not let in, the actor's, or 404."""
        head = http_head.HttpRequest("", tuple(request.headers.raw_items()), "GET", request.path)
        refusal = self._terms.guard.refusal(head) or self._full()
        if refusal is not None:
            return _response(connection, _told(refusal.status, refusal.code, refusal.message))
        path = urlsplit(request.path).path if not request.path.startswith("//") else request.path
        known = path == "/" or (path.endswith("/realtime") and "//" not in path)
        if not known and not self._terms.anywhere:
            text = f"this mock serves the Realtime API at {PATH}, not here"
            return _response(connection, _told(404, "not_found", text))
        self._asked += 1
        actor = self._actor(self._asked)
        if actor.refuse is not None:
            return _response(connection, actor.refuse)
        self._actors[connection] = actor
        return None

    def subprotocol(self, _connection: Any, offered: Sequence[Any]) -> Any:
        """Never the one a browser's key stands in."""
        return self._terms.subprotocol if self._terms.subprotocol in offered else None

    def _full(self) -> Refusal | None:
        if self._open < self._terms.most:
            return None
        many = f"{self._terms.most} connections are open already, which is the most"
        return Refusal(503, "too-many-connections", many)


def _told(status: int, code: str, message: str) -> Refuse:
    error = {"type": "invalid_request_error", "code": code, "message": safe(message)}
    return Refuse(status, json.dumps({"error": error}))


class _Conversation:
    """One connection: what is heard goes to the hallway and the responder, what it says back."""

    def __init__(
        self, connection: ServerConnection, actor: Actor, pack: Pack, hallway: Hallway | None
    ) -> None:
        now = asyncio.get_running_loop().time
        self._connection = connection
        self._responder = actor
        self._pack = pack
        self._hallway = hallway
        self._seq = 0
        self._watch = Stopwatch(now, now())
        self._aborted = False

    async def run(self) -> None:
        from websockets.exceptions import ConnectionClosed

        with contextlib.suppress(ConnectionClosed):
            await self._take(self._opened())
            while True:
                await self._listen()
        closed = self._closed()
        if self._hallway is not None:
            self._hallway.observe(closed)
        self._responder.observe(closed)

    async def _listen(self) -> None:
        """The next message, or the next moment someone wants to be woken for."""
        due = self._due()
        try:
            async with asyncio.timeout_at(None if due is None else self._watch.began + due):
                data = await self._connection.recv()
        except TimeoutError:
            at = self._watch.at_least(due or 0.0)
            if self._hallway is not None:
                self._hallway.advance(at)
            await self._say(self._responder.advance(at))
        else:
            await self._take(self._decoded(data, Sender.CLIENT))

    def _due(self) -> float | None:
        judged = None if self._hallway is None else self._hallway.deadline
        dues = (self._responder.deadline, judged)
        due = min((each for each in dues if each is not None), default=None)
        return None if due is None or due == float("inf") else due

    async def _take(self, record: Record) -> None:
        if self._hallway is not None:
            self._hallway.observe(record)
        await self._say(self._responder.observe(record))

    def _decoded(self, data: str | bytes, sender: Sender) -> Event | Undecodable:
        binary, at = isinstance(data, bytes), self._watch.at()
        if self._hallway is not None:
            return self._hallway.decode(data, at, sender, binary=binary)
        self._seq += 1
        return decode(self._pack, data, self._seq, at, sender, binary=binary)

    async def _say(self, commands: Sequence[Command]) -> None:
        for command in commands:
            if isinstance(command, Close):
                await self._hang_up(command)
                continue
            data = command.data
            hallway = self._hallway
            record = self._decoded(data, Sender.SERVER) if hallway is not None else None
            text = isinstance(data, str)
            message = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
            await self._connection.send(message, text=text)
            if hallway is not None and record is not None:
                hallway.observe(record)

    async def _hang_up(self, command: Close) -> None:
        if command.abort:
            self._aborted = True
            self._connection.transport.abort()
            await self._connection.wait_closed()
        else:
            await self._connection.close(command.code, command.reason)

    def _opened(self) -> Opened:
        request = self._connection.request
        headers: list[tuple[str, str]] = []
        path = ""
        if request is not None:
            path = request.path
            headers = list(request.headers.raw_items())
        host = next((value for name, value in headers if name.lower() == "host"), "")
        secure = self._connection.transport.get_extra_info("ssl_object") is not None
        url = f"{'wss' if secure else 'ws'}://{host}{path}"
        return Opened(
            0.0,
            url,
            self._connection.subprotocol,
            tuple(headers),
        )

    def _closed(self) -> Closed:
        protocol = self._connection.protocol
        received, sent = protocol.close_rcvd, protocol.close_sent
        at = self._watch.at()
        if received is not None and (sent is None or protocol.close_rcvd_then_sent):
            return Closed(at, int(received.code), received.reason, Sender.CLIENT)
        if sent is not None:
            return Closed(at, int(sent.code), sent.reason, Sender.SERVER)
        sender = Sender.SERVER if self._aborted else Sender.CLIENT
        return Closed(at, ABNORMAL, "the connection ended without a close frame", sender)


@contextlib.asynccontextmanager
async def serve_mock(
    script: MockScript | Callable[[int], Actor] | None = None,
    *,
    check_event: CheckEvent | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    ssl: ssl.SSLContext | None = None,
    compression: str | None = None,
    hallway: Callable[[], Hallway] | None = None,
    terms: Terms | None = None,
) -> AsyncIterator[MockServer]:
    """Serves the script until the block is left; port 0 takes a free one.

    In the place of a script, a function says who plays the server on the connection of a number
    (from 1). ``hallway`` makes, for each connection, what its records walk through. Raises
    UsageError where it cannot listen. Leaving the block closes every connection with 1001.
    """
    said, terms = script or MockScript(), terms or Terms()

    def responder(number: int) -> Responder:
        assert isinstance(said, MockScript)
        prefix = "" if number == 1 else f"c{number}_"
        return Responder(
            said, check_event=check_event, started=time.time(), prefix=prefix, beta=terms.beta
        )

    actor = responder if isinstance(said, MockScript) else said
    mock = MockServer(actor, hallway, terms)
    server = await _listen(mock, host, port, ssl, compression)
    mock.port = server.sockets[0].getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    mock.url = f"{'wss' if ssl else 'ws'}://{shown}:{mock.port}{PATH}"
    try:
        yield mock
    finally:
        server.close()
        await server.wait_closed()
    if mock.failures:
        raise mock.failures[0]


async def _listen(
    mock: MockServer,
    host: str,
    port: int,
    context: ssl.SSLContext | None,
    compression: str | None,
) -> Server:
    limits.raise_fragment_limit()
    from websockets.asyncio.server import serve

    try:
        return await serve(
            mock.converse,
            host,
            port,
            ssl=context,
            compression=compression,
            select_subprotocol=mock.subprotocol,
            process_request=mock.answer_request,
            server_header="rtdebug-mock",
            max_size=limits.MAX_SIZE,
            max_queue=_QUEUE,
            ping_interval=None,
            close_timeout=_CLOSE_WITHIN,
            logger=_SILENT,
        )
    except OSError as problem:
        reason = (os.strerror(problem.errno) if problem.errno else str(problem)).lower()
        raise UsageError(
            f"cannot listen on {host}:{port}: {reason}", "choose another port, or 0 for a free one"
        ) from None


def _response(connection: ServerConnection, refuse: Refuse) -> Response:
    from websockets.http11 import Response

    response = connection.respond(HTTPStatus.BAD_REQUEST, refuse.body)
    try:
        phrase = HTTPStatus(refuse.status).phrase
    except ValueError:
        phrase = "Refused"
    headers = response.headers
    if refuse.body.startswith("{"):
        del headers["Content-Type"]
        headers["Content-Type"] = "application/json"
    for name, value in refuse.headers:
        headers.pop(name, None)
        headers[name] = value
    return Response(refuse.status, phrase, headers, response.body)
