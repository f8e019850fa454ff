"""Progress on a terminal, for runs that take longer than a moment; nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rtdebug.model.results import Run

if TYPE_CHECKING:
    from rtdebug.api.diagnosing import Watch

_AFTER = 2.0


@contextmanager
def progress(total: int, *, quiet: bool, color: str) -> Iterator[Callable[[Run], None] | None]:
    """A function to call with each run that is over; None where nobody would see it."""
    played = _Played(total)
    with _shown(played.text, quiet=quiet, color=color) as seen:
        yield played.tell if seen else None


@contextmanager
def diagnosing(*, quiet: bool, color: str) -> Iterator[Watch | None]:
    """What a diagnosis is to be watched by; None where nobody would see it."""
    from rtdebug.api.diagnosing import Watch

    watch = Watch()
    with _shown(lambda: _read(watch), quiet=quiet, color=color) as seen:
        yield watch if seen else None


@contextmanager
def _shown(text: Callable[[], str], *, quiet: bool, color: str) -> Iterator[bool]:
    if quiet or color == "never" or not sys.stderr.isatty():
        yield False
        return
    line = _Line(text)
    line.start()
    try:
        yield True
    finally:
        line.stop()


def _read(watch: Watch) -> str:
    """What is read of the log at hand, and what was found in all."""
    done, total = watch.reading.done / 1e6, watch.reading.total / 1e6
    count = watch.findings
    found = f", {count:,} finding{'s' * (count != 1)}" if count else ""
    return f"{done:,.0f} of {total:,.0f} MB read, {watch.events:,} events{found}"


class _Played:
    """Counts the runs that are over."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = self._bad = 0

    def tell(self, run: Run) -> None:
        """One more run is over."""
        self._done += 1
        self._bad += not run.outcome.is_good

    def text(self) -> str:
        """How many there were so far."""
        bad = f", {self._bad} bad" if self._bad else ""
        return f"{self._done} of {self._total} played{bad}"


class _Line:
    """One line on stderr, from two seconds on, rewritten each second and wiped at the end."""

    def __init__(self, text: Callable[[], str]) -> None:
        from threading import Event, Thread

        self._text = text
        self._over = Event()
        self._thread = Thread(target=self._draw, daemon=True)

    def start(self) -> None:
        """Begins to wait."""
        self._thread.start()

    def stop(self) -> None:
        """Wipes the line."""
        self._over.set()
        self._thread.join()

    def _draw(self) -> None:
        waited = _AFTER
        if self._over.wait(_AFTER):
            return
        while not self._over.is_set():
            sys.stderr.write(f"\r\x1b[K{self._text()}, {waited:.0f} s …")
            sys.stderr.flush()
            self._over.wait(1.0)
            waited += 1.0
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
