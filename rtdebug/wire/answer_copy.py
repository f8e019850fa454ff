"""Keeps a copy of the answer that passes when a server refuses an upgrade, to know when it ends."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from rtdebug.model.records import Sender
from rtdebug.wire.http_head import HttpResponse

_KEPT = 64 * 1024
_LAST_CHUNK = b"0\r\n\r\n"


class AnswerCopy:
    """Onlooker of a splice that carries one HTTP answer.

    :attr:`whole` is called when its body has passed, where the answer says how long it is
    (RFC 9112, 6.3); otherwise the stream's end is the body's.
    """

    keeps = False

    def __init__(self, response: HttpResponse) -> None:
        self.whole: Callable[[], None] = _nobody_waits
        self._response = response
        self._kept = b""
        self._passed = 0
        self._chunked = "chunked" in response.tokens("transfer-encoding")
        length = response.get("content-length") or ""
        self._length = int(length) if length.isdecimal() else None
        if response.status in (204, 304):
            self._chunked, self._length = False, 0

    def start(self) -> None:
        """Tell at once when there is no body."""
        if self._length == 0 and not self._chunked:
            self.whole()

    def look(self, sender: Sender, data: bytes) -> None:
        if sender is Sender.CLIENT:
            return
        self._passed += len(data)
        self._kept += data[: _KEPT - len(self._kept)]
        if self._chunked:
            if self._passed == len(self._kept) and self._kept.endswith(_LAST_CHUNK):
                self.whole()
        elif self._length is not None and self._passed >= self._length:
            self.whole()

    def stalled(self, reader: Sender, seconds: float) -> None:
        pass

    def ended(self, sender: Sender, error: Exception | None) -> None:
        pass

    def body(self) -> bytes:
        """What the body says, without chunks and compression as far as these can be undone."""
        data = _dechunked(self._kept) if self._chunked else self._kept
        if self._response.tokens("content-encoding") & {"gzip", "deflate"}:
            try:
                return zlib.decompressobj(47).decompress(data, _KEPT)
            except zlib.error:
                return b""
        return data


def _nobody_waits() -> None:
    """Until someone wants to know."""


def _dechunked(data: bytes) -> bytes:
    """The content of chunked data (RFC 9112, 7.1) as far as it is there and makes sense."""
    found = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        try:
            length = int(size.partition(b";")[0], 16)
        except ValueError:
            return found
        if length <= 0:
            return found
        found, data = found + data[:length], data[length + 2 :]
    return found
