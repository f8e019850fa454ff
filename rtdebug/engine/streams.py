"""Streams: what arrives in pieces (text, transcript, arguments, audio), counted, never kept.

A stream remembers its length, a running checksum and its beginning, so that its end can be held
against the whole text that follows without memory that grows with the number of pieces.
"""

from __future__ import annotations

from zlib import crc32

HEAD = 400
_FOLD = 64


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class Stream:
    """One stream of deltas. ``first_*`` and ``last_*`` are those of its deltas."""

    __slots__ = ("_crc", "_length", "_pieces", "deltas", "done_seq", "first_at", "first_seq",
                 "head", "kind", "last_at", "last_seq", "padding", "value_seq")  # fmt: skip

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.deltas = 0
        self.head = ""
        self.first_seq = self.last_seq = 0
        self.first_at = self.last_at = 0.0
        self.done_seq: int | None = None
        self.value_seq: int | None = None
        self.padding = 0
        self._crc = 0
        self._length = 0
        self._pieces: list[str] = []

    def add(self, piece: str, seq: int, at: float) -> None:
        """One delta."""
        if not self.deltas:
            self.first_seq, self.first_at = seq, at
        self.deltas += 1
        self.last_seq, self.last_at = seq, at
        self._pieces.append(piece)
        if len(self._pieces) >= _FOLD:
            self._fold()

    def add_length(self, length: int, seq: int, at: float) -> None:
        """One delta of which only the length counts (audio)."""
        if not self.deltas:
            self.first_seq, self.first_at = seq, at
        self.deltas += 1
        self.last_seq, self.last_at = seq, at
        self._length += length

    def _fold(self) -> None:
        text = "".join(self._pieces)
        self._pieces.clear()
        if len(self.head) < HEAD:
            self.head += text[: HEAD - len(self.head)]
        self._crc = crc32(_bytes(text), self._crc)
        self._length += len(text)

    @property
    def length(self) -> int:
        """Characters so far; for audio, decoded bytes."""
        if self._pieces:
            self._fold()
        return self._length

    def equals(self, text: str) -> bool:
        """Whether the pieces joined are ``text``."""
        return self.length == len(text) and self._crc == crc32(_bytes(text))

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
