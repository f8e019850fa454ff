"""Finds where the body of a request ends: nothing behind it belongs to the request."""

from __future__ import annotations

import re

from rtdebug.wire.http_head import MAX_HEAD, MAX_LINE, BadHead, Body

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?")


class BodyEnd:
    """Takes the bytes of a body as they come (RFC 9112, 6.3 and 7.1)."""

    def __init__(self, body: Body) -> None:
        self._left = body.length
        self._chunked = body.chunked
        self._line = b""  # of what stands between chunks, and has not come whole
        self._trailer = 0  # bytes of what follows the last chunk
        self._last = False
        self._in_chunk = False
        self.over = not body.chunked and not body.length

    def take(self, data: bytes) -> int:
        """How many of these bytes belong to the body; raises BadHead for what is no chunk."""
        at = 0
        while at < len(data) and not self.over:
            if self._left:
                step = min(self._left, len(data) - at)
                self._left -= step
                at += step
                self.over = not self._left and not self._chunked
            else:
                at = self._between(data, at)
        return at

    def _between(self, data: bytes, at: int) -> int:
        """A line between chunks; returns where it ends."""
        end = data.find(b"\n", at) + 1
        self._line += data[at : end or len(data)]
        if len(self._line) > MAX_LINE:
            raise BadHead("expected lines between chunks of at most 8192 bytes")
        if end:
            line, self._line = self._line, b""
            if not line.endswith(b"\r\n"):
                raise BadHead("expected CR LF behind a chunk")
            self._take_line(line[:-2])
        return end or len(data)

    def _take_line(self, line: bytes) -> None:
        if self._last:
            self._trailer += len(line) + 2
            self.over = not line
            if self._trailer > MAX_HEAD:
                raise BadHead("expected shorter trailers")
        elif self._in_chunk:
            if line:
                raise BadHead("expected a chunk of the length it said")
            self._in_chunk = False
        else:
            size = _SIZE.fullmatch(line)
            if size is None:
                raise BadHead("expected the length of a chunk")
            self._left = int(size[1], 16)
            self._last = not self._left
            self._in_chunk = not self._last
