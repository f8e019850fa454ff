"""Reads the elements of a JSON array one by one, so that a large document needs little memory.

A library for this exists (ijson), but builds its values slower than the standard library's decoder,
which also says where a value ends; that is all that is needed here.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, BinaryIO

from rtdebug.captures.sources import CHUNK, LINE_CAP

_DECODER = json.JSONDecoder()
_BETWEEN = re.compile(r"[\s,]*")
_BREAKS = str.maketrans("\r\n", "  ")


class Text:
    """The text of a stream of UTF-8, of which only what is being looked at is held."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self.held = ""
        self.pos = 0
        self.over = False

    def more(self) -> bool:
        """Holds as much again, at least; whether there was any."""
        block = self._stream.read(max(CHUNK, len(self.held) - self.pos))
        self.over = not block
        self.held = self.held[self.pos :] + self._decoder.decode(block, self.over)
        self.pos = 0
        return not self.over

    def next_sign(self) -> str:
        """The next character that is neither a blank nor a comma, without passing it; "" at the
        end."""
        while True:
            match = _BETWEEN.match(self.held, self.pos)
            self.pos = match.end() if match else self.pos
            if self.pos < len(self.held):
                return self.held[self.pos]
            if not self.more():
                return ""

    def elements(self) -> Iterator[str]:
        """The elements of the array whose bracket was passed, each on one line; what is cut or is
        no JSON comes last, as it is."""
        while (sign := self.next_sign()) not in ("", "]"):
            end = self._end()
            yield self.held[self.pos : end or len(self.held)].translate(_BREAKS)
            self.pos = end or len(self.held)
            if not end:
                return
        self.pos += bool(sign)

    def _end(self) -> int:
        """Behind the value that begins here, 0 when it has no end."""
        while True:
            try:
                return _DECODER.raw_decode(self.held, self.pos)[1]
            except RecursionError:
                return 0
            except ValueError:
                if len(self.held) - self.pos > LINE_CAP or not self.more():
                    return 0


def as_lines(stream: BinaryIO) -> BinaryIO | None:
    """An array as a stream of lines, an element each; None where the stream begins with none."""
    stream.seek(0)
    text = Text(stream)
    if text.next_sign() != "[":
        return None
    text.pos += 1
    lines = temporary()
    for element in text.elements():
        lines.write(element.encode("utf-8", "surrogatepass") + b"\n")
    lines.seek(0)
    return lines


def temporary() -> BinaryIO:
    """An unnamed file that goes when it is closed."""
    import tempfile

    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the reading
    return file  # type: ignore[return-value]
