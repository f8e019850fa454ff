"""Progress on a terminal, for runs that take longer than a moment; nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rtdebug.model.results import Outcome, Run

_AFTER = 2.0


@contextmanager
def progress(total: int, *, quiet: bool, color: str) -> Iterator[Callable[[Run], None] | None]:
    """A function to call with each run that is over; None where nobody would see it."""
    if quiet or color == "never" or not sys.stderr.isatty():
        yield None
        return
    line = _Line(total)
    line.start()
    try:
        yield line.tell
    finally:
        line.stop()


class _Line:
    """One line on stderr, from two seconds on, rewritten each second and wiped at the end."""

    def __init__(self, total: int) -> None:
        from threading import Event, Thread

        self._total = total
        self._done = self._bad = 0
        self._over = Event()
        self._thread = Thread(target=self._draw, daemon=True)

    def start(self) -> None:
        """Begins to wait."""
        self._thread.start()

    def tell(self, run: Run) -> None:
        """One more run is over."""
        self._done += 1
        self._bad += run.outcome is not Outcome.PASSED

    def stop(self) -> None:
        """Wipes the line."""
        self._over.set()
        self._thread.join()

    def _draw(self) -> None:
        waited = _AFTER
        if self._over.wait(_AFTER):
            return
        while not self._over.is_set():
            bad = f", {self._bad} bad" if self._bad else ""
            sys.stderr.write(f"\r\x1b[K{self._done} of {self._total} played{bad}, {waited:.0f} s …")
            sys.stderr.flush()
            self._over.wait(1.0)
            waited += 1.0
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
