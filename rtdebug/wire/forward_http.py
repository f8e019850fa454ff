"""Forwards one plain HTTP request: heads rewritten, bodies spliced in both directions, unseen.

SDKs fetch client secrets over HTTP at the base URL they also use for their WebSocket. What passes
here is never looked at, recorded or logged; of the answer only the status is known.
"""

from __future__ import annotations

from collections.abc import Callable

from rtdebug.model.records import Sender
from rtdebug.wire.answers import redirected, refusal_bytes
from rtdebug.wire.body_end import BodyEnd
from rtdebug.wire.head_reader import HeadReader
from rtdebug.wire.http_head import END, MAX_HEAD, BadHead, HttpRequest, parse_response
from rtdebug.wire.passing import answer_to_app, leads_away
from rtdebug.wire.splice import Side, Splice
from rtdebug.wire.traffic import Traffic


class Blind:
    """An onlooker that does not look."""

    keeps = False

    def look(self, sender: Sender, data: bytes) -> None:
        pass

    def stalled(self, reader: Sender, seconds: float) -> None:
        pass

    def ended(self, sender: Sender, error: Exception | None) -> None:
        pass


class AnswerHead:
    """Rewrites the head of an answer that comes in pieces; interim answers (1xx) pass before it.

    What cannot be read as a head passes as it is. ``status`` is 0 until the head has come.
    ``over`` is called where an answer of our own stands for one that does not pass.
    """

    def __init__(self, over: Callable[[], None]) -> None:
        self.status = 0
        self.over = over
        self._held = b""

    def __call__(self, side: Side, data: bytes) -> bytes:
        self._held += data
        out = b""
        while not self.status:
            end = self._held.find(END)
            if end < 0 and len(self._held) <= MAX_HEAD and not side.finished:
                return out
            if end < 0:
                break
            head, self._held = self._held[: end + len(END)], self._held[end + len(END) :]
            try:
                response = parse_response(head)
            except BadHead:
                out += head
                break
            away = leads_away(response)
            if away:
                self.status = response.status
                side.rewrite = nothing
                self.over()
                return out + refusal_bytes(redirected(away))
            out += answer_to_app(response).encode()
            if response.status >= 200:
                self.status = response.status
        side.rewrite = None
        out, self._held = out + self._held, b""
        return out


def nothing(side: Side, data: bytes) -> bytes:
    """What this side sends is for nobody."""
    return b""


class OneBody:
    """Lets the body of the one request pass that was judged, and nothing behind it: a second
    request would go upstream unguarded."""

    def __init__(self, end: BodyEnd) -> None:
        self._end = end

    def __call__(self, side: Side, data: bytes) -> bytes:
        try:
            return data[: self._end.take(data)]
        except BadHead:  # where the body ends cannot be told any more
            side.other.transport.abort()
            return b""


async def forward(
    app: HeadReader, server: HeadReader, request: HttpRequest, traffic: Traffic
) -> int:
    """Carry ``request``, already rewritten, with its body to the server, and the answer back.

    Returns the status of the answer, 0 if none came.
    """
    splice = Splice(app, server, Blind())
    head = AnswerHead(splice.close_soon)
    splice.server.rewrite = head
    splice.app.rewrite = OneBody(BodyEnd(request.body))
    server.transport.write(request.encode())
    traffic.enter(splice)
    splice.start()
    await splice.done
    return head.status
