"""Verdicts: what a run and a report come to, and the one exit code that says it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from rtdebug.errors import (
    EXIT_BAD,
    EXIT_EMPTY,
    EXIT_GOOD,
    EXIT_INTERRUPTED,
    EXIT_NO_SESSION,
)
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.results import Outcome, Problem, Run, StepResult
from rtdebug.model.value import Value, replace

# Where a run that could not be had is only judged (a log), it is bad, not absent.
_CODES = {
    Outcome.PASSED: EXIT_GOOD,
    Outcome.CLEAN: EXIT_GOOD,
    Outcome.SKIPPED: EXIT_GOOD,
    Outcome.FAILED: EXIT_BAD,
    Outcome.EMPTY: EXIT_EMPTY,
    Outcome.ERROR: EXIT_NO_SESSION,
    Outcome.INTERRUPTED: EXIT_INTERRUPTED,
}
_SEVEREST = (EXIT_INTERRUPTED, EXIT_NO_SESSION, EXIT_EMPTY, EXIT_BAD, EXIT_GOOD)


class Strictness(Value):
    """Which findings count: globs of names, and from what severity on (None = never)."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity | None = Severity.ERROR

    def keeps(self, finding: Finding) -> bool:
        """Whether a finding is to be reported at all."""
        if self.select and not _fits(finding.name, self.select):
            return False
        return not _fits(finding.name, self.ignore)

    def fails(self, finding: Finding) -> bool:
        """Whether a finding makes its run bad."""
        return self.fail_on is not None and finding.severity.rank <= self.fail_on.rank

    def with_ignored(self, names: Iterable[str]) -> Strictness:
        """The same with more names ignored."""
        return Strictness(self.select, (*self.ignore, *names), self.fail_on)


def _fits(name: str, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def kept(findings: Iterable[Finding], strictness: Strictness) -> tuple[Finding, ...]:
    """The findings that are reported; a consequence whose cause is not comes to stand alone."""
    rows = [one for one in findings if strictness.keeps(one)]
    keys = {one.key for one in rows}
    return tuple(
        replace(one, under=None) if one.under is not None and one.under not in keys else one
        for one in rows
    )


def as_client(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings without the causes that would lie with another client: where rtdebug itself is the
    client it reads and keeps everything."""
    return tuple(map(_without_onlookers, findings))


def _without_onlookers(finding: Finding) -> Finding:
    causes = tuple(one for one in finding.causes if not one.of_onlooker)
    return finding if len(causes) == len(finding.causes) else replace(finding, causes=causes)


def outcome_of(
    *,
    findings: Sequence[Finding],
    steps: Sequence[StepResult],
    strictness: Strictness,
    observed: bool,
    refused: bool = False,
    interrupted: bool = False,
) -> Outcome:
    """What a run comes to. Silence is never a pass, and only who asked for something by ``steps``
    and saw it has passed: a log or watched traffic is clean."""
    if interrupted:
        return Outcome.INTERRUPTED
    if refused:
        return Outcome.ERROR
    if not observed:
        return Outcome.EMPTY
    bad = any(step.outcome is Outcome.FAILED for step in steps)
    if bad or any(map(strictness.fails, findings)):
        return Outcome.FAILED
    return Outcome.PASSED if steps else Outcome.CLEAN


def exit_code(runs: Sequence[Run], problems: Sequence[Problem] = ()) -> int:
    """The most severe of all runs that count, and bad where the whole has a problem; nothing run
    at all is nothing judged."""
    codes = {EXIT_GOOD if run.excused else _CODES[run.outcome] for run in runs} or {EXIT_EMPTY}
    codes |= {EXIT_BAD} if problems else set()
    return next(code for code in _SEVEREST if code in codes)
