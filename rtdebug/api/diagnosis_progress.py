"""How far a diagnosis has come, for whoever waits for it."""

from __future__ import annotations

from collections.abc import Iterator

from rtdebug.captures.reading_progress import ReadingProgress
from rtdebug.engine.session import Session


class DiagnosisProgress:
    """How far a diagnosis has come: what is read, and what was found in it."""

    def __init__(self) -> None:
        self.reading = ReadingProgress()
        self.sessions: list[dict[Session, int]] = []
        self._events = self._findings = 0

    @property
    def events(self) -> int:
        """The messages that were judged."""
        return self._events + sum(session.judged_so_far for session in self._all())

    @property
    def findings(self) -> int:
        """What was found so far."""
        return self._findings + sum(len(session.findings) for session in self._all())

    def let_go(self, sessions: dict[Session, int]) -> None:
        """Counts what was found in sessions that are over, and forgets them."""
        self._events += sum(session.judged_so_far for session in sessions)
        self._findings += sum(len(session.findings) for session in sessions)
        self.sessions.remove(sessions)

    def _all(self) -> Iterator[Session]:
        for sessions in list(self.sessions):
            yield from list(sessions)
