"""The two clocks: a monotonic one for ``at`` and the wall for when a capture was started."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Stopwatch:
    """Seconds since ``began``, to the microsecond a capture holds, and never backwards.

    ``now`` is a monotonic clock (the event loop's), so a jump of the wall clock changes nothing.
    """

    def __init__(self, now: Callable[[], float], began: float) -> None:
        self.began = began
        self._now = now
        self.last = 0.0

    def at(self) -> float:
        """How many seconds it is now."""
        at = round(self._now() - self.began, 6)
        self.last = max(self.last, at)
        return self.last

    def unstamped(self) -> float:
        """Seconds since the latest moment that was asked for."""
        return self._now() - self.began - self.last

    def set_on(self, seconds: float) -> None:
        """Time that nobody watched does not count."""
        self.began += seconds
        self.last = max(0.0, round(self.last - seconds, 6))

    def at_least(self, moment: float) -> float:
        """Now, but not before ``moment``: a timer may fire a hair too early."""
        ceiling = math.ceil(moment * 1e6) / 1e6
        self.last = max(self.at(), ceiling if ceiling >= moment else moment)
        return self.last


def wall_text(seconds: float | None = None) -> str:
    """A wall time as RFC 3339 with milliseconds, in UTC; now if not given."""
    moment = time.time() if seconds is None else seconds
    whole = math.floor(moment)
    millis = int((moment - whole) * 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{millis:03d}Z"
