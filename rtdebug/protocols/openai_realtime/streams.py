"""Streams: what arrives in pieces (text, transcript, arguments, audio), counted, never kept.

A stream remembers its length, a running checksum and its beginning, so that its end can be held
against the whole text that follows without memory that grows with the number of pieces.
"""

from __future__ import annotations

from zlib import crc32

HEAD = 400
FOLD = 64


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class Stream:
    """One stream of deltas. ``first_*`` and ``last_*`` are those of its deltas.

    ``pieces`` are the deltas not folded yet: the hot path appends to it itself and calls
    :meth:`fold` when it holds FOLD of them. For audio they are the lengths in decoded bytes.
    ``odd`` is the event of a delta that is no base64 by itself, ``last_id`` the event id of the
    last delta of audio; ``whole`` the text that was found to be its deltas joined; ``told``: that
    a whole differs from them has been said.
    """

    __slots__ = ("_crc", "_deltas", "_length", "done_seq", "first_at", "first_seq", "head", "kind",
                 "last_at", "last_id", "last_seq", "odd", "pieces", "told", "whole")  # fmt: skip

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.head = ""
        self.first_seq = self.last_seq = 0
        self.first_at = self.last_at = 0.0
        self.done_seq: int | None = None
        self.odd: int | None = None
        self.last_id: str | None = None
        self.told = False
        self.whole: str | None = None
        self.pieces: list[str | int] = []
        self._crc = 0
        self._deltas = 0
        self._length = 0

    def add(self, piece: str, seq: int, at: float) -> None:
        """One delta."""
        if not self.first_seq:
            self.first_seq, self.first_at = seq, at
        self.last_seq, self.last_at = seq, at
        if self.kind == "audio":
            self.pieces.append(decoded_length(piece))
        else:
            self.pieces.append(piece)
        if len(self.pieces) >= FOLD:
            self.fold()

    def fold(self) -> None:
        """Takes the pieces into length, checksum and head."""
        self._deltas += len(self.pieces)
        if self.kind == "audio":
            self._length += sum(self.pieces)  # type: ignore[arg-type]
        else:
            text = "".join(self.pieces)  # type: ignore[arg-type]
            if len(self.head) < HEAD:
                self.head += text[: HEAD - len(self.head)]
            self._crc = crc32(_bytes(text), self._crc)
            self._length += len(text)
        self.pieces.clear()

    @property
    def deltas(self) -> int:
        """How many deltas came."""
        return self._deltas + len(self.pieces)

    @property
    def length(self) -> int:
        """Characters so far; for audio, decoded bytes."""
        if self.pieces:
            self.fold()
        return self._length

    def equals(self, text: str) -> bool:
        """Whether the pieces joined are ``text``."""
        if not self._deltas and self.kind != "audio":
            return "".join(self.pieces) == text  # type: ignore[arg-type]
        if self.pieces:
            self.fold()
        return self._length == len(text) and self._crc == crc32(_bytes(text))

    def difference(self, text: str) -> str:
        """Where the joined pieces and ``text`` part, in words."""
        length = self.length
        for index, (mine, theirs) in enumerate(zip(self.head, text, strict=False)):
            if mine != theirs:
                return (
                    f"they part at character {index}: the deltas have "
                    f"{self.head[index : index + 20]!r}, the whole has {text[index : index + 20]!r}"
                )
        return f"the deltas hold {length} characters, the whole {len(text)}"


def decoded_length(base64: str) -> int:
    """Bytes that base64 text decodes to, without decoding it."""
    length = len(base64) * 3 // 4
    if base64[-1:] == "=":
        length -= 2 if base64[-2:] == "==" else 1
    return length
