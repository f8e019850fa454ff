"""Forwards one plain HTTP request: heads rewritten, bodies spliced in both directions, unseen.

SDKs fetch client secrets over HTTP at the base URL they also use for their WebSocket. What passes
here is never looked at, recorded or logged; of the answer only the status is known.
"""

from __future__ import annotations

from rtdebug.model.records import Sender
from rtdebug.wire.head_reader import HeadReader
from rtdebug.wire.http_head import END, MAX_HEAD, BadHead, Request, parse_response
from rtdebug.wire.passing import answer_to_app
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
    """

    def __init__(self) -> None:
        self.status = 0
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
            out += answer_to_app(response).encode()
            if response.status >= 200:
                self.status = response.status
        side.rewrite = None
        out, self._held = out + self._held, b""
        return out


async def forward(app: HeadReader, server: HeadReader, request: Request, traffic: Traffic) -> int:
    """Carry ``request``, already rewritten, to the server and all that follows both ways.

    Returns the status of the answer, 0 if none came.
    """
    head = AnswerHead()
    splice = Splice(app, server, Blind())
    splice.server.rewrite = head
    server.transport.write(request.encode())
    traffic.enter(splice)
    splice.start()
    await splice.done
    return head.status
