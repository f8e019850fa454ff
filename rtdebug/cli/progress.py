"""Progress on a terminal, for runs that take longer than a moment; nothing anywhere else."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING

from rtdebug.model.results import Run
from rtdebug.reports.figures import counted, fit

if TYPE_CHECKING:
    from rtdebug.api.diagnosis_progress import DiagnosisProgress
    from rtdebug.engine.session import Session
    from rtdebug.model.probed import CaseResult

_AFTER = 2.0
_TICK = 0.25
_TICKS = 4  # from one drawing to the next


@contextmanager
def progress(total: int, *, quiet: bool, color: str) -> Iterator[Played | None]:
    """What is to be told of sessions that begin and runs that are over; None where nobody would
    see it."""
    played = Played(total)
    with _shown(played.text, quiet=quiet, color=color) as seen:
        yield played if seen else None


@contextmanager
def diagnosing(*, quiet: bool, color: str) -> Iterator[DiagnosisProgress | None]:
    """What a diagnosis is to be watched by; None where nobody would see it."""
    from rtdebug.api.diagnosis_progress import DiagnosisProgress

    watch = DiagnosisProgress()
    with _shown(lambda: _read(watch), quiet=quiet, color=color) as seen:
        yield watch if seen else None


@contextmanager
def probing(
    total: int, *, quiet: bool, color: str
) -> Iterator[Callable[[CaseResult], None] | None]:
    """What is to be told of each case that is over; None where nobody would see it."""
    over: list[CaseResult] = []
    with _shown(lambda: _asked(over, total), quiet=quiet, color=color) as seen:
        yield over.append if seen else None


def _asked(over: list[CaseResult], total: int) -> str:
    bad = sum(one.verdict.is_bad for one in over)
    return f"{len(over)} of {counted(total, 'case')}" + (f", {bad} bad" if bad else "")


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


def _read(watch: DiagnosisProgress) -> str:
    """What is read of the log at hand, and what was found in all."""
    done, total = watch.reading.done / 1e6, watch.reading.total / 1e6
    count = watch.findings
    found = f", {counted(count, 'finding')}" if count else ""
    return f"{done:,.0f} of {total:,.0f} MB read, {counted(watch.events, 'event')}{found}"


class Played:
    """Counts the runs that are over, and says what the one at hand waits for."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = self._bad = 0
        self._waits = Waits()
        self.watch = self._waits.add

    def tell(self, run: Run) -> None:
        """One more run is over."""
        self._done += 1
        self._bad += not run.outcome.is_good

    def text(self) -> str:
        """How many there were so far."""
        bad = f", {self._bad} bad" if self._bad else ""
        waits = self._waits.text()
        return f"{self._done} of {self._total} played{bad}" + (f", {waits}" if waits else "")


class Waits:
    """The sessions at hand, looked at from another thread."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._seen: dict[Session, tuple[float, float]] = {}  # its time, and what was then here

    def add(self, session: Session) -> None:
        """One more session begins."""
        self._seen[session] = (session.at, self._clock())

    def text(self) -> str:
        """What the first of them that waits is waiting for."""
        from rtdebug.reports.signs import UNICODE
        from rtdebug.reports.waiting_line import waiting_line
        from rtdebug.secrets.masker import cleaned

        self._seen = {one: seen for one, seen in self._seen.items() if not one.state.over}
        for session in list(self._seen):
            with suppress(RuntimeError):  # it goes on while it is looked at
                owed = cleaned(session.owed(), session.evidence.masker.redactor.text)
                words = waiting_line(owed, self._now(session), UNICODE)
                if words:
                    return words
        return ""

    def _now(self, session: Session) -> float:
        """What time it is in a session, by when its latest record was first seen here."""
        at, here = self._seen[session]
        if session.at != at:
            at, here = self._seen[session] = (session.at, self._clock())
        return at + self._clock() - here


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
        ticks = 0
        while not self._over.wait(_TICK):
            ticks += 1
            text, waited = self._text(), ticks * _TICK
            if waited >= _AFTER and not ticks % _TICKS:
                line = fit(f"{waited:.0f} s: {text}", _columns() - 1, "…")
                sys.stderr.write(f"\r\x1b[K{line}")
                sys.stderr.flush()
        if ticks * _TICK < _AFTER:
            return
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
