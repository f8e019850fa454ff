"""Every socket that a relay accepts: its request is read, guarded and sent on its way."""

from __future__ import annotations

import asyncio

from rtdebug.redaction import DEFAULT
from rtdebug.safe import one_line
from rtdebug.wire.answers import refusal_bytes
from rtdebug.wire.body_end import BodyEnd
from rtdebug.wire.fault import Fault
from rtdebug.wire.forward_http import forward
from rtdebug.wire.guard import Guard, Refusal
from rtdebug.wire.handshake import Handshake, unreachable
from rtdebug.wire.head_reader import HeadReader
from rtdebug.wire.http_head import BadHead, HttpRequest, parse_request
from rtdebug.wire.passing import request_upstream
from rtdebug.wire.reach import reach
from rtdebug.wire.relay_options import RelayOptions
from rtdebug.wire.traffic import Traffic


class Relay:
    """Serves any number of sockets; ``traffic`` is what is under way."""

    def __init__(self, options: RelayOptions, guard: Guard) -> None:
        self.traffic = Traffic()
        self._options = options
        self._guard = guard
        self._upgrades = 0

    async def serve(self, app: HeadReader) -> None:
        """Everything that happens to one accepted socket."""
        try:
            request = await self._request(app)
            if request is None:
                return
            if request.upgrade:
                self._upgrades += 1
                await Handshake(app, request, self._options, self._upgrades, self.traffic).run()
            else:
                await self._plain(app, request)
        finally:
            app.transport.close()

    async def _request(self, app: HeadReader) -> HttpRequest | None:
        """The app's request if it may pass; else it has been turned away."""
        try:
            async with asyncio.timeout(self._options.handshake):
                head = await app.head()
            if not head:
                return None
            request = parse_request(head)
            refusal = _unfit(request) or self._guard.refusal(request)
            _refuse_more(request, app.rest)
        except TimeoutError:
            refusal = Refusal(408, "slow-request", "the head of the request did not come in time")
        except BadHead as error:
            refusal = Refusal(error.status, "bad-request", str(error))
        if refusal is None:
            return request
        self._options.on_note(f"turned away ({refusal.status}): {refusal.message}")
        await app.say_last(refusal_bytes(refusal))
        return None

    async def _plain(self, app: HeadReader, request: HttpRequest) -> None:
        options = self._options
        passed, _ = request_upstream(request, options.upstream, options.pass_headers)
        path = one_line(DEFAULT.text(request.target.partition("?")[0]), 200)
        try:
            server = await reach(
                options.upstream.target,
                HeadReader,
                context=options.context,
                within=options.handshake,
            )
        except Fault as fault:
            options.on_note(f"{request.method} {path} got no further: {one_line(fault.text)}")
            await app.say_last(refusal_bytes(unreachable(fault)))
            return
        try:
            status = await forward(app, server, passed, self.traffic)
        finally:
            server.transport.close()
        answered = f"the upstream answered {status}" if status else "the upstream never answered"
        options.on_note(f"{request.method} {path}: {answered}")


def _refuse_more(request: HttpRequest, rest: bytes) -> None:
    """Raises BadHead where the request's end is ambiguous, or another came right behind it."""
    body = request.body
    if request.upgrade:
        if body.chunked or body.length:
            raise BadHead("expected an upgrade without a body")
    elif BodyEnd(body).take(rest) < len(rest):
        raise BadHead("expected one request on a connection, got another right behind it")


def _unfit(request: HttpRequest) -> Refusal | None:
    """A request that no reverse proxy serves: only paths of the one upstream are."""
    if request.method != "CONNECT" and request.target.startswith("/"):
        return None
    return Refusal(
        400,
        "not-a-path",
        "this port serves one upstream and no other; it is not a forward proxy",
        "ask for a path such as /v1/realtime",
    )
