"""Faults: what a report is bad by, one row a fault, as pipelines count them.

A failed step carries the first root cause; a root is a fault of its own only where no failed step
carries it; a run without a session, or with nothing to judge, is one fault. Every format for
pipelines (JUnit, annotations, SARIF, code quality, tickets) reads these rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import PurePath

from rtdebug.model.findings import Finding, Severity
from rtdebug.model.results import Location, Outcome, Report, Run, StepResult
from rtdebug.model.value import Value, replace
from rtdebug.reports.figures import CERTAINTY_WORDS
from rtdebug.reports.grouping import Group, grouped, loud
from rtdebug.reports.ladder import ends_of
from rtdebug.reports.ladder_lines import event_words
from rtdebug.reports.signs import UNICODE

STEP = "step-failed"
NO_VERDICT = {
    Outcome.ERROR: ("no-session", "No session came about"),
    Outcome.EMPTY: ("nothing-to-judge", "No event came and none could be read"),
    Outcome.INTERRUPTED: ("interrupted", "Stopped before the end"),
}


class Fault(Value):
    """One fault of one run, or of several that show the same (``times``), or of the whole (no
    ``run``). ``group`` is its root cause with what it led to, ``step`` the failed step that carries
    it; ``fails`` says whether it counts."""

    name: str
    title: str
    severity: Severity
    run: Run | None = None
    group: Group | None = None
    step: StepResult | None = None
    place: Location | None = None
    fails: bool = True
    times: int = 1

    @property
    def who(self) -> str:
        """The run it is of, without which of several plays that was."""
        return _without_turn(self.run.name) if self.run else "rtdebug"

    @property
    def fingerprint(self) -> str:
        """The same in the next report of the same scenarios: nothing in it that varies."""
        path = self.place.path if self.place else ""
        label = self.step.label if self.step else ""
        text = "\n".join((path, self.who, self.name, label or self.title * (self.run is None)))
        return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:40]

    def lines(self) -> Iterator[str]:
        """Everything there is to say of it."""
        if self.step is not None:
            yield f"{self.step.index} {self.step.label}"
            yield from self.step.detail.splitlines()
        if self.run is not None and self.group is not None:
            yield from finding_lines(self.group, self.run)
        if self.run is not None and self.run.outcome in NO_VERDICT:
            yield from self.run.notes
        if self.run is not None and self.run.excused:
            yield f"does not count: {self.run.excused}"


def faults(run: Run) -> list[Fault]:
    """The faults of one run, worst first, remarks left out."""
    if run.outcome in NO_VERDICT:
        return [_no_verdict(run)]
    bad = bad_groups(run)
    failed = [step for step in run.steps if step.outcome is Outcome.FAILED]
    carried = bad[0] if bad and failed else None
    rows = [_of_step(one, run, None if at else carried) for at, one in enumerate(failed)]
    failing = () if run.outcome.is_good or run.excused else bad
    rows += [
        _of_group(group, run, fails=group in failing)
        for group in loud(run.findings)
        if group != carried
    ]
    return rows


def all_faults(report: Report) -> list[Fault]:
    """The faults of all runs, each once with how often it was seen, those that fail first."""
    rows: dict[str, Fault] = {}
    for one in report.problems:
        whole = Fault(one.name, one.message, Severity.ERROR, place=one.source)
        rows[whole.fingerprint] = whole
    for fault in (one for run in report.runs for one in faults(run)):
        known = rows.get(fault.fingerprint)
        rows[fault.fingerprint] = fault if known is None else replace(known, times=known.times + 1)
    return sorted(rows.values(), key=lambda one: (not one.fails, one.severity.rank))


def bad_groups(run: Run) -> list[Group]:
    """The roots that make a run bad, by the worst that hangs under each: errors, or warnings where
    nothing else does."""
    groups = grouped(run.findings)
    bad = [group for group in groups if group.severity is Severity.ERROR]
    if not bad and run.outcome is Outcome.FAILED and not has_failed(run.steps):
        bad = [group for group in groups if group.severity is Severity.WARNING]
    return bad


def has_failed(steps: Sequence[StepResult]) -> bool:
    """Whether one of some steps failed."""
    return any(step.outcome is Outcome.FAILED for step in steps)


def first_line(step: StepResult) -> str:
    """What is wrong with a step, in one line."""
    return next((line for line in step.detail.splitlines() if line.strip()), step.label)


def finding_lines(group: Group, run: Run) -> Iterable[str]:
    """A root cause in plain lines: what was seen, what it led to, why, and what to do."""
    finding = group.root
    yield f"{finding.name} ({finding.severity}, {CERTAINTY_WORDS[finding.certainty]})"
    yield finding.title
    yield finding.message
    seen = [event_words(run, seq, UNICODE) for seq in ends_of(finding.evidence)]
    if seen:
        yield f"seen: {', '.join(seen)}"
    yield from (f"led to: {other.name}: {other.title}" for _, other in group.consequences)
    yield from cause_lines(finding)
    if finding.fix:
        yield f"do now: {finding.fix}"


def cause_lines(finding: Finding) -> Iterable[str]:
    """The hypotheses, each with the test that tells it apart."""
    for cause in finding.causes:
        lead = f"cause ({cause.likelihood})" if cause.likelihood else "cause"
        yield f"{lead}: {cause.text}" + (f" (to tell: {cause.test})" if cause.test else "")


def from_here(path: str) -> str:
    """A path as the files of a repository are named: relative where it lies below, with slashes."""
    inner = os.path.relpath(path) if os.path.isabs(path) else os.path.normpath(path)
    return PurePath(path if inner.startswith("..") else inner).as_posix()


def _no_verdict(run: Run) -> Fault:
    name, words = NO_VERDICT[run.outcome]
    groups = grouped(run.findings) if run.outcome is not Outcome.INTERRUPTED else []
    if run.outcome is Outcome.ERROR and groups:
        name, words = groups[0].root.name, groups[0].root.title
    group = groups[0] if groups else None
    return Fault(name, words, Severity.ERROR, run, group, None, run.source, not run.excused)


def _of_step(step: StepResult, run: Run, group: Group | None) -> Fault:
    name, title = (group.root.name, group.root.title) if group else (STEP, first_line(step))
    place = step.source or run.source
    return Fault(name, title, Severity.ERROR, run, group, step, place, not run.excused)


def _of_group(group: Group, run: Run, *, fails: bool) -> Fault:
    root = group.root
    return Fault(root.name, root.title, group.severity, run, group, None, _near(root, run), fails)


def _near(finding: Finding, run: Run) -> Location | None:
    """The step that a finding is nearest to: one with an event of it, else the last before it."""
    seen = set(finding.evidence)
    placed = [step for step in run.steps if step.source and step.at is not None]
    sharing = next((step for step in placed if seen & set(step.evidence)), None)
    before = [step for step in placed if step.at is not None and step.at <= finding.at]
    step = sharing or (before[-1] if before else None)
    return step.source if step else run.source


def _without_turn(name: str) -> str:
    """The name of a run that was played several times, without which of them it is."""
    head, open_, tail = name.rpartition(" (")
    return head if open_ and tail.endswith(")") and " of " in tail else name
