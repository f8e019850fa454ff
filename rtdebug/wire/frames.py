"""The passive frame reader: bytes of one direction in, messages and control frames out.

It only looks at a copy: nothing it meets raises and nothing it does can reach the wire. A frame
that breaks RFC 6455 becomes a :class:`Broken`, after which this direction is no longer read unless
it says so.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from rtdebug.wire.inflate import CannotInflate, Deflate, Inflater, TooMuch
from rtdebug.wire.violations import may_be_sent

try:
    from websockets.speedups import apply_mask
except ImportError:  # websockets was built without its C extension
    from websockets.utils import apply_mask

LIMIT = 64 * 1024 * 1024
MANY_FRAGMENTS = 4096  # the Python websockets library refuses messages with more

_WHOLE_TEXT = 0x81  # FIN and opcode 1: by far the most frames, so they get the short way
_FIN, _RSV, _RSV1, _RSV23, _OPCODE = 0x80, 0x70, 0x40, 0x30, 0x0F
_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING, _PONG = 0, 1, 2, 8, 9, 10
_OPCODES = frozenset((_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING, _PONG))
_DATA = (_CONTINUATION, _TEXT, _BINARY)
_HIGHEST = 1 << 63  # a bit that no length may have (RFC 6455, 5.2)


class BadText(NamedTuple):
    """A text message that is not UTF-8; ``offset`` is where it stops being it, in bytes."""

    data: bytes
    offset: int


class Ping(NamedTuple):
    """A ping frame (RFC 6455, 5.5.2)."""

    data: bytes


class Pong(NamedTuple):
    """A pong frame (RFC 6455, 5.5.3)."""

    data: bytes


class Close(NamedTuple):
    """A close frame; 1005 stands for one without a code (RFC 6455, 7.1.5)."""

    code: int
    reason: str


class Note(NamedTuple):
    """Something worth telling that changes nothing."""

    text: str


class Broken(NamedTuple):
    """A rule that was broken, by its name in :mod:`rtdebug.wire.violations`, and what is known
    besides. Unless ``readable``, nothing more of this direction is read."""

    kind: str
    more: str = ""
    readable: bool = False


class TooLarge(NamedTuple):
    """A message that was let go by. ``size`` in bytes, as far as it had been counted; unless
    ``readable``, nothing more of this direction is read."""

    size: int
    readable: bool = True


Item: TypeAlias = str | bytes | BadText | Ping | Pong | Close | Note | Broken | TooLarge
"""A text message is its ``str``, a binary one its ``bytes``."""


class FrameReader:
    """Reads the frames of one direction from chunks cut anywhere.

    ``masked``: whether this direction must be masked (the client's is, RFC 6455, 5.3).
    Holds at most ``limit`` bytes of one message.
    """

    def __init__(self, *, masked: bool, deflate: Deflate | None = None, limit: int = LIMIT) -> None:
        self._done = False
        self._closed = False
        self._late = False
        self._mask_bit = 0x80 if masked else 0
        self._prefix = 6 if masked else 2
        self._inflater = Inflater(deflate, limit) if deflate else None
        self._limit = limit
        self._held: list[bytes] = []  # the beginning of a frame whose rest has not come
        self._missing = 0
        self._skip = 0  # bytes still to come of a frame that is too large to hold
        self._first = 0  # first byte of the first frame of a message under way, 0 without one
        self._fragments = 0
        self._parts = bytearray()
        self._dropping = False  # the message under way is too large, its fragments are let go

    @property
    def done(self) -> bool:
        """Nothing more is read: the close frame was seen, or a frame that breaks the rules."""
        return self._done

    def feed(self, data: bytes) -> list[Item]:
        """What ``data`` completes, in order."""
        out: list[Item] = []
        pos = min(self._skip, len(data))
        self._skip -= pos
        while self._missing and pos < len(data):
            taken = data[pos : pos + self._missing]
            pos += len(taken)
            self._held.append(taken)
            self._missing -= len(taken)
            if not self._missing:
                whole, self._held = b"".join(self._held), []
                self._read(whole, 0, out)
        if pos < len(data) and not self._done:
            pos = self._read(data, pos, out)
        if pos < len(data) and self._closed and not self._late:
            self._late = True
            if data[pos] & _OPCODE in _DATA:  # control frames may follow
                out.append(Broken("data-after-close", readable=True))
        return out

    def unfinished(self) -> str:
        """What a direction that ends here has left open, or ""."""
        if self._done:
            return ""
        if self._skip or self._missing:
            return f"it ended inside a frame, {self._skip or self._missing} bytes were missing"
        return "it ended inside a fragmented message" if self._first else ""

    def _read(self, data: bytes, pos: int, out: list[Item]) -> int:  # noqa: PLR0912 - see below
        """Reads every whole frame of ``data`` from ``pos`` on, holds the rest; returns where it
        stopped.

        One flat loop on purpose: this is where a proxy under load spends its time.
        """
        end = len(data)
        mask_bit, prefix = self._mask_bit, self._prefix
        deflated = _WHOLE_TEXT | _RSV1 if self._inflater else -1
        missing = pos + 2 - end
        while missing <= 0:
            size = data[pos + 1] ^ mask_bit  # 0 to 127 if the mask bit is as it must be
            start = pos + prefix
            if size == 126 and start + 2 <= end:
                start += 2
                size = data[pos + 2] << 8 | data[pos + 3]
            elif size > 125:
                start += 2 if size == 126 else 8
                if size > 127:
                    self._break("wrong-mask", out)
                    return end
                if start > end:
                    missing = start - end
                    break
                size = int.from_bytes(data[pos + 2 : pos + 10])
                if size > self._limit:
                    pos = self._pass_over(data[pos], start, size, end, out)
                    missing = 1 if self._done else pos + 2 - end
                    continue
            stop = start + size
            if stop > end:
                missing = stop - end
                break
            payload = data[start:stop]
            if mask_bit:
                payload = apply_mask(payload, data[start - 4 : start])
            head = data[pos]
            if head == _WHOLE_TEXT and not self._first:
                try:
                    out.append(payload.decode())
                except UnicodeDecodeError as error:
                    out.append(BadText(payload, error.start))
            else:
                if head == deflated and not self._first:
                    self._message(head, payload, out)
                else:
                    self._frame(head, payload, out)
                if self._done:
                    return stop
            pos = stop
            missing = pos + 2 - end
        if pos < end and not self._done:
            self._held.append(data[pos:])
            self._missing = missing
        return end

    def _frame(self, head: int, payload: bytes, out: list[Item]) -> None:
        """One frame that is not a whole text message: ``head`` is its first byte."""
        opcode = head & _OPCODE
        compressible = self._inflater and opcode in (_TEXT, _BINARY)
        if head & (_RSV23 if compressible else _RSV):
            self._break("reserved-bit", out)
        elif opcode not in _OPCODES:
            self._break("reserved-opcode", out, str(opcode))
        elif opcode >= _CLOSE:
            self._control(opcode, payload, whole=bool(head & _FIN), out=out)
        elif opcode == _CONTINUATION and not self._first:
            self._break("continues-nothing", out)
        elif opcode != _CONTINUATION and self._first:
            self._break("message-inside-message", out)
        elif head & _FIN and not self._first and not self._dropping:
            self._message(head, payload, out)
        else:
            self._fragment(head, payload, out)

    def _control(self, opcode: int, payload: bytes, *, whole: bool, out: list[Item]) -> None:
        if not whole or len(payload) > 125:
            self._break("control-frame", out)
        elif opcode == _PING:
            out.append(Ping(payload))
        elif opcode == _PONG:
            out.append(Pong(payload))
        elif len(payload) == 1:
            self._break("half-a-close-code", out)
        else:
            self._close(payload, out)

    def _close(self, payload: bytes, out: list[Item]) -> None:
        self._done = self._closed = True
        code = int.from_bytes(payload[:2]) if payload else 1005
        if payload and not may_be_sent(code):
            out.append(Broken("close-code", str(code), readable=True))
        reason = payload[2:].decode(errors="backslashreplace")
        if reason.encode() != payload[2:]:
            out.append(Broken("close-reason", readable=True))
        out.append(Close(code, reason))

    def _fragment(self, head: int, payload: bytes, out: list[Item]) -> None:
        """One frame of a message of several."""
        self._first = self._first or head
        self._fragments += 1
        if len(self._parts) + len(payload) > self._limit and not self._dropping:
            self._drop(len(self._parts) + len(payload), out)
        if not self._dropping:
            self._parts += payload
        if not head & _FIN or self._done:
            return
        first, parts, dropped = self._first, bytes(self._parts), self._dropping
        if self._fragments > MANY_FRAGMENTS:
            out.append(Note(f"a message came in {self._fragments} fragments: some clients refuse"))
        self._first, self._fragments, self._parts, self._dropping = 0, 0, bytearray(), False
        if not dropped:
            self._message(first, parts, out)

    def _message(self, first: int, data: bytes, out: list[Item]) -> None:
        """A whole message; ``first`` is the first byte of its first frame."""
        if first & _RSV1 and self._inflater:
            try:
                data = self._inflater.message(data)
            except TooMuch:
                self._stop()
                out.append(TooLarge(self._limit, readable=False))
                return
            except CannotInflate as error:
                self._break("compression", out, str(error))
                return
        if first & _OPCODE == _BINARY:
            out.append(data)
            return
        try:
            out.append(data.decode())
        except UnicodeDecodeError as error:
            out.append(BadText(data, error.start))

    def _pass_over(self, head: int, start: int, size: int, end: int, out: list[Item]) -> int:
        """Lets a frame that is too large to hold go by; returns where to read on."""
        if size >= _HIGHEST:
            self._break("impossible-length", out)
            return end
        stop = start + size
        self._skip = max(0, stop - end)
        if head & _OPCODE < _CLOSE and not self._dropping:
            self._drop(size, out)
        if not self._done:
            stand_in = b"" if head & _OPCODE < _CLOSE else bytes(126)
            self._frame(head, stand_in, out)
        return min(stop, end)

    def _drop(self, size: int, out: list[Item]) -> None:
        """Gives up the message under way. A compressed one cannot be given up alone: what
        follows may refer back to it."""
        self._parts, self._dropping = bytearray(), True
        if self._inflater:
            self._stop()
        out.append(TooLarge(size, readable=not self._done))

    def _break(self, kind: str, out: list[Item], more: str = "") -> None:
        self._stop()
        out.append(Broken(kind, more))

    def _stop(self) -> None:
        """Reads nothing more."""
        self._done = True
        self._held, self._parts = [], bytearray()
        self._missing = self._skip = 0
