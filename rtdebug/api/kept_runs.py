"""The runs of a watch that may go on for hours: the latest are kept, of the others the outcome."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence

from rtdebug.api.verdict import exit_code
from rtdebug.errors import EXIT_BAD, EXIT_EMPTY, EXIT_GOOD
from rtdebug.model.results import Outcome, Run
from rtdebug.model.value import replace

MOST = 1000
_WHOLE = 50  # the latest runs that are kept with all they have
_ROWS = 40  # what is left of the timeline of an older one, half of it the end
_FINDINGS = 50
_RESPONSES = 20


class KeptRuns:
    """Adds up runs. ``outcomes`` and ``findings`` (names) count those that are not kept too."""

    def __init__(self, most: int = MOST) -> None:
        self._runs: deque[Run] = deque(maxlen=most)
        self.outcomes: Counter[Outcome] = Counter()
        self.findings: Counter[str] = Counter()
        self._unjudged = 0

    def add(self, run: Run) -> None:
        """One more run is over."""
        self.outcomes[run.outcome] += 1
        self._unjudged += run.outcome is Outcome.EMPTY and run.server > 0
        self.findings.update({one.name for one in run.findings})
        self._runs.append(run)
        if len(self._runs) > _WHOLE:
            self._runs[-_WHOLE - 1] = _cut(self._runs[-_WHOLE - 1])

    @property
    def runs(self) -> Sequence[Run]:
        """Those that are kept, oldest first."""
        return tuple(self._runs)

    @property
    def forgotten(self) -> int:
        """How many are not kept."""
        return self.outcomes.total() - len(self._runs)

    def exit_code(self) -> int:
        """The code of all. A connection on which nothing came says nothing, unless all were so; one
        of which most could not be judged is no pass, whatever the others were."""
        if self._unjudged:
            return EXIT_EMPTY
        if self.outcomes[Outcome.FAILED]:
            return EXIT_BAD
        if self.outcomes[Outcome.PASSED] or self.outcomes[Outcome.CLEAN]:
            return EXIT_GOOD
        return exit_code(self.runs) if self._runs else EXIT_EMPTY


def _cut(run: Run) -> Run:
    rows = run.timeline
    kept = (*rows[: _ROWS // 2], *rows[-_ROWS // 2 :]) if len(rows) > _ROWS else rows
    return replace(
        run,
        timeline=kept,
        rows_left_out=run.rows_left_out + len(rows) - len(kept),
        findings=run.findings[:_FINDINGS],
        responses=run.responses[-_RESPONSES:],
        kept=None,
    )
