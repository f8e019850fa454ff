"""What a relay has under way, so that it can be ended in order."""

from __future__ import annotations

from rtdebug.wire.pulse import Pulse
from rtdebug.wire.splice import Splice
from rtdebug.wire.tap import Tap

_KEPT_FAILURES = 10


class Traffic:
    """Open splices and the taps on them; ``failures`` are bugs, the first ten of them. ``pulse``
    is one for all of them."""

    def __init__(self) -> None:
        self.stopping = False
        self.pulse = Pulse()
        self.failures: list[BaseException] = []
        self._splices: set[Splice] = set()
        self._taps: set[Tap] = set()

    def failed(self, bug: BaseException) -> None:
        """Remember a bug until the end."""
        if len(self.failures) < _KEPT_FAILURES:
            self.failures.append(bug)

    def enter(self, splice: Splice, tap: Tap | None = None) -> None:
        """From now on ``splice`` runs; ``tap`` looks at it."""
        self._splices.add(splice)
        splice.done.add_done_callback(lambda _: self._splices.discard(splice))
        if tap is not None:
            self._taps.add(tap)
            splice.done.add_done_callback(lambda _: self._taps.discard(tap))
        if self.stopping:
            self.stop()

    def stop(self) -> None:
        """Finish every record, then close; what sockets still hold is sent."""
        self.stopping = True
        for tap in list(self._taps):
            tap.interrupt()
        for splice in list(self._splices):
            splice.close()

    def drop(self) -> None:
        """Close at once."""
        for splice in list(self._splices):
            splice.drop()
