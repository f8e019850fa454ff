"""The pace of appended audio: bytes a second by the clock, and whether it ever paused.

Audio that comes from a microphone or is sent at the speed of speech arrives at the byte rate it
really has, whatever was declared. One mark a second is enough to see that.
"""

from __future__ import annotations

MARK_SECONDS = 1.0
_KEPT = 120
_PAUSE = 1.5


class Pace:
    """How fast bytes come. ``next_mark`` is when the next mark is due; ``longest_gap`` is the
    longest time between two appends, in seconds."""

    __slots__ = ("_bytes", "_since", "_windows", "longest_gap", "next_mark")

    def __init__(self) -> None:
        self.next_mark = 0.0
        self.longest_gap = 0.0
        self._since: float | None = None
        self._bytes = 0
        self._windows: list[tuple[float, int]] = []

    def mark(self, at: float, total: int) -> None:
        """``total`` bytes had come by ``at``, an append included that came at this moment."""
        if self._since is not None and len(self._windows) < _KEPT:
            seconds = at - self._since
            if seconds < MARK_SECONDS + _PAUSE:
                self._windows.append((seconds, total - self._bytes))
        self._since, self._bytes = at, total
        self.next_mark = at + MARK_SECONDS

    @property
    def steady(self) -> bool:
        """Whether audio came without a pause."""
        return self.longest_gap <= _PAUSE

    @property
    def windows(self) -> int:
        """How many stretches of a second were measured."""
        return len(self._windows)

    def average(self) -> float | None:
        """Bytes a millisecond over everything measured; None before there is enough."""
        seconds = sum(one for one, _ in self._windows)
        return sum(size for _, size in self._windows) / seconds / 1000 if seconds >= 2 else None

    def rate(self, least: int = 4, spread: float = 0.1) -> float | None:
        """Bytes a millisecond by the clock; None where it was measured too short a time or is not
        the same throughout."""
        rates = sorted(size / seconds / 1000 for seconds, size in self._windows if seconds > 0)
        if len(rates) < least:
            return None
        half = len(rates) // 2  # statistics would be imported for its median alone
        middle = (rates[half] + rates[~half]) / 2
        near = [one for one in rates if abs(one - middle) <= spread * middle]
        return middle if middle > 0 and len(near) >= 0.8 * len(rates) else None
