"""Inflates a copy of compressed messages (permessage-deflate, RFC 7692) as was negotiated."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

_SYNC_FLUSH = b"\x00\x00\xff\xff"  # the sender leaves these four off each message (7.2.1)


class CannotInflate(Exception):
    """A compressed message cannot be read; ``str()`` says why."""


class TooMuch(CannotInflate):
    """It inflates to more than may be held."""


@dataclass(frozen=True, slots=True)
class Deflate:
    """What one direction agreed to: the window (9 to 15 bits) and whether it outlives a message."""

    window_bits: int = 15
    takeover: bool = True


class Inflater:
    """Inflates the messages of one direction in order; never more than ``limit`` bytes of one."""

    def __init__(self, deflate: Deflate, limit: int) -> None:
        self._window = -deflate.window_bits
        self._takeover = deflate.takeover
        self._limit = limit
        self._stream = zlib.decompressobj(self._window)

    def message(self, data: bytes) -> bytes:
        """The message that ``data`` was compressed from, or CannotInflate."""
        stream = self._stream
        try:
            whole = stream.decompress(data + _SYNC_FLUSH, self._limit)
        except zlib.error as error:
            raise CannotInflate(f"the compressed data is broken ({error})") from error
        if stream.unconsumed_tail:
            raise TooMuch(f"it inflates to more than {self._limit >> 20} MiB")
        if stream.eof or not self._takeover:
            self._stream = zlib.decompressobj(self._window)
        return whole


def negotiated(extensions: str) -> tuple[Deflate | None, Deflate | None]:
    """What the answer's Sec-WebSocket-Extensions value means for (client's, server's) messages.

    None where a direction is not compressed. Raises ValueError for an extension nobody here can
    read: its messages would be misread.
    """
    from websockets.exceptions import InvalidHeaderFormat
    from websockets.headers import parse_extension

    try:
        parsed = parse_extension(extensions) if extensions.strip() else []
    except InvalidHeaderFormat as error:
        raise ValueError(f"the extension header cannot be read ({error})") from error
    if not parsed:
        return None, None
    if len(parsed) > 1 or parsed[0][0] != "permessage-deflate":
        raise ValueError(f"unknown extension {', '.join(str(name) for name, _ in parsed)}")
    given = dict(parsed[0][1])
    return _direction(given, "client"), _direction(given, "server")


def _direction(given: dict[str, str | None], sender: str) -> Deflate:
    bits = given.get(f"{sender}_max_window_bits") or "15"
    if not bits.isdecimal() or not 8 <= int(bits) <= 15:
        raise ValueError(f"{sender}_max_window_bits={bits} is not a window of 8 to 15 bits")
    return Deflate(max(9, int(bits)), f"{sender}_no_context_takeover" not in given)
