"""How far the reading of logs has come, for whoever watches it from another thread."""

from __future__ import annotations

from typing import BinaryIO


class ReadingProgress:
    """Says how much of a log is read; asking costs the reader nothing."""

    def __init__(self) -> None:
        self._stream: BinaryIO | None = None
        self.total = 0

    def begins(self, stream: BinaryIO, total: int) -> None:
        """Another log of ``total`` bytes is read now."""
        self._stream, self.total = stream, total

    @property
    def done(self) -> int:
        """The bytes that have been read, all of them once the stream is closed."""
        try:
            return self._stream.tell() if self._stream is not None else 0
        except ValueError:
            return self.total
