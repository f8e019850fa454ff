"""The ladder: what crossed the wire, what was found in it, and what should have come but did not.

Rows of the timeline become rungs: chunks are folded, findings and missing steps are put where they
belong, and a long run is cut around them. Nothing here knows how a rung is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Sender
from rtdebug.model.results import Outcome, Run, StepResult, TimelineRow
from rtdebug.model.value import Value
from rtdebug.packs.summaries import counts, fold
from rtdebug.reports.figures import counted, duration
from rtdebug.reports.grouping import Group, loud

# A finding may rest on thousands of events: the first and the last few say where it lies.
FIRST, LAST = 2, 3
_SILENCE = 0.3  # seconds without an event that are worth a word
_TOLD = 20  # findings drawn at most
_REACH = 6  # rungs shown on either side of what matters, where there is room
_SAME = 3  # equal neighbours from which on they are folded

_VERB = re.compile(r"expect(?:_\w+)?[ :]+")


class RungKind(StrEnum):
    """What a rung is."""

    EVENT = "event"
    STATE = "state"  # of the connection: opened, refused, closed, ended
    FOUND = "found"  # a finding, below its last evidence
    MISSING = "missing"  # what never came
    CUT = "cut"  # rows left out here


class Rung(Value):
    """One line of the ladder; it stands for ``times`` rows of the timeline."""

    kind: RungKind
    type: str
    summary: str = ""
    seq: int | None = None
    at: float | None = None
    sender: Sender | None = None
    times: int = 1
    marked: bool = False
    severity: Severity | None = None


def ladder(run: Run, limit: int) -> list[Rung]:
    """The rungs of ``run``, at most about ``limit`` of them."""
    groups = loud(run.findings)[:_TOLD]
    told = [group.root for group in groups]
    marked = _marked(run, told)
    rungs = _folded(run.timeline, marked)
    for group in groups:
        _put_finding(rungs, group, run)
    for step in run.steps:
        if step.outcome is Outcome.FAILED and _VERB.match(step.label):
            _put_missing(rungs, step, run)
    return _cut(rungs, limit)


def silence(finding: Finding, run: Run) -> float:
    """Seconds in which nothing came from the server between the last evidence of ``finding`` and
    when it became known; 0 where something came or the timeline cannot tell."""
    last = max(finding.evidence, default=0)
    start = next((row.at for row in run.timeline if row.seq == last), None)
    if start is None:
        return 0.0
    for row in run.timeline:
        if row.seq is not None and row.seq > last and row.at <= finding.at:
            if row.sender is Sender.SERVER:
                return 0.0
    if _holes(run.timeline, last):
        return 0.0
    passed = finding.at - start
    return passed if passed >= _SILENCE else 0.0


def ends_of(evidence: Sequence[int]) -> tuple[int, ...]:
    """The first and the last few events of long evidence, in order; all of short evidence."""
    ordered = tuple(sorted(set(evidence)))
    whole = len(ordered) <= FIRST + LAST
    return ordered if whole else ordered[:FIRST] + ordered[-LAST:]


def _holes(timeline: Sequence[TimelineRow], after: int) -> bool:
    """Whether events after this one were not kept."""
    numbers = [row.seq for row in timeline if row.seq is not None and row.seq >= after]
    return bool(numbers) and numbers[-1] - numbers[0] + 1 != len(numbers)


def _marked(run: Run, told: Sequence[Finding]) -> frozenset[int]:
    """What findings rest on, and what came nearest to a failed expectation. What else came while
    it waited is no evidence of anything."""
    near = (_nearest(step, run) for step in run.steps if step.outcome is Outcome.FAILED)
    return frozenset(
        seq
        for evidence in (*(finding.evidence for finding in told), *near)
        for seq in ends_of(evidence)
    )


def _nearest(step: StepResult, run: Run) -> tuple[int, ...]:
    """The events of the expected type that came while ``step`` waited, and did not do."""
    expected = _VERB.sub("", step.label, count=1).partition(" ")[0]
    return tuple(
        row.seq for row in run.timeline if row.seq in step.evidence and row.type == expected
    )


# Folding


def _folded(timeline: Sequence[TimelineRow], marked: frozenset[int]) -> list[Rung]:
    rungs: list[Rung] = []
    previous: int | None = None
    for stretch in _stretches(timeline, marked):
        first = stretch[0].seq
        if first is not None and previous is not None and first > previous + 1:
            lost = first - previous - 1
            rungs.append(Rung(RungKind.CUT, f"{counted(lost, 'event')} not kept", times=lost))
        rungs += [_rung(rows, marked) for rows in _alike(stretch)]
        previous = max((row.seq for row in stretch if row.seq is not None), default=previous)
    return rungs


def _stretches(
    timeline: Sequence[TimelineRow], marked: frozenset[int]
) -> Iterator[list[TimelineRow]]:
    """Neighbours that may be folded together; every other row alone."""
    stretch: list[TimelineRow] = []
    for row in timeline:
        if stretch and not _joins(stretch[-1], row, marked):
            yield from _worth_folding(stretch)
            stretch = []
        stretch.append(row)
    if stretch:
        yield from _worth_folding(stretch)


def _joins(row: TimelineRow, after: TimelineRow, marked: frozenset[int]) -> bool:
    if row.seq is None or after.seq is None or after.seq != row.seq + 1:
        return False
    if row.seq in marked or after.seq in marked:
        return False
    if counts(row.summary) and counts(after.summary):
        return True
    return (row.sender, row.type) == (after.sender, after.type)


def _worth_folding(stretch: list[TimelineRow]) -> Iterator[list[TimelineRow]]:
    if len(stretch) >= _SAME or (len(stretch) > 1 and counts(stretch[0].summary)):
        yield stretch
    else:
        yield from ([row] for row in stretch)


def _alike(stretch: list[TimelineRow]) -> list[list[TimelineRow]]:
    """Rows of a stretch by sender and type, in order of first appearance."""
    by_type: dict[tuple[Sender | None, str], list[TimelineRow]] = {}
    for row in stretch:
        by_type.setdefault((row.sender, row.type), []).append(row)
    return list(by_type.values())


def _rung(rows: Sequence[TimelineRow], marked: frozenset[int]) -> Rung:
    first = rows[0]
    summary = first.summary if len(rows) == 1 else fold([row.summary for row in rows])
    return Rung(
        RungKind.STATE if first.seq is None else RungKind.EVENT,
        first.type,
        summary,
        seq=first.seq,
        at=first.at,
        sender=first.sender,
        times=len(rows),
        marked=first.seq in marked,
    )


# What was found, and what never came


def _put_finding(rungs: list[Rung], group: Group, run: Run) -> None:
    finding = group.root
    quiet = silence(finding, run)
    words = f"{duration(quiet)} of silence" if quiet else ""
    rung = Rung(RungKind.FOUND, finding.name, words, severity=group.severity)
    last = max(finding.evidence, default=None)
    places = [at for at, known in enumerate(rungs) if last is not None and known.seq == last]
    at = places[0] + 1 if places else _place(rungs, finding.at)
    while at < len(rungs) and (
        rungs[at].kind is RungKind.FOUND or _ends(rungs[at], finding, quiet)
    ):
        at += 1
    rungs.insert(at, rung)


def _ends(rung: Rung, finding: Finding, quiet: float) -> bool:
    """Whether ``finding`` became known by this end of the connection."""
    known = rung.type == "closed" and rung.at is not None and rung.at <= finding.at
    return known and rung.kind is RungKind.STATE and not quiet


def _put_missing(rungs: list[Rung], step: StepResult, run: Run) -> None:
    near = _nearest(step, run)
    words = (
        f"came as #{near[-1]}, but not as expected" if near else f"never came{_waited(step, run)}"
    )
    name = _VERB.sub("", step.label, count=1)
    at = len(rungs) if step.at is None else _place(rungs, step.at)
    rungs.insert(at, Rung(RungKind.MISSING, name, words))


def _waited(step: StepResult, run: Run) -> str:
    if step.at is None:
        return ""
    before = [one.at for one in run.steps if one.at is not None and one.index < step.index]
    waited = step.at - max(before, default=0.0)
    return f" (waited {duration(waited)})" if waited >= 0.1 else ""


def _place(rungs: Sequence[Rung], at: float) -> int:
    """Before what came later, and before the end that came of it."""
    for index, rung in enumerate(rungs):
        later = rung.at is not None and rung.at > at
        if later or (
            rung.kind is RungKind.STATE and index and rung.at is not None and rung.at >= at
        ):
            return index
    return len(rungs)


# Cutting


def _cut(rungs: Sequence[Rung], limit: int) -> list[Rung]:
    kept = _kept(rungs, limit)
    result: list[Rung] = []
    index = 0
    while index < len(rungs):
        hidden = index
        while index < len(rungs) and index not in kept:
            index += 1
        if index - hidden == 1:
            result.append(rungs[hidden])
        elif index > hidden:
            result.append(_gap(rungs[hidden:index]))
        if index < len(rungs):
            result.append(rungs[index])
        index += 1
    return result


def _kept(rungs: Sequence[Rung], limit: int) -> set[int]:
    """Both ends and what matters, then as many neighbours of what matters as there is room for."""
    everything = set(range(len(rungs)))
    if len(rungs) <= limit:
        return everything
    telling = [
        index
        for index, rung in enumerate(rungs)
        if rung.marked or rung.kind in (RungKind.FOUND, RungKind.MISSING)
    ]
    if len(telling) > limit - 4:
        telling = telling[: limit // 2] + telling[len(telling) - limit // 3 :]
    kept = ({0, 1, len(rungs) - 2, len(rungs) - 1} | set(telling)) & everything
    for reach in range(1, _REACH + 1):
        around = {near for index in telling or (0, len(rungs) - 1)
                  for near in (index - reach, index + reach)} & everything  # fmt: skip
        if len(kept | around) > limit:
            break
        kept |= around
    return kept


def _gap(hidden: Sequence[Rung]) -> Rung:
    events = sum(rung.times for rung in hidden if rung.kind in (RungKind.EVENT, RungKind.CUT))
    times = [rung.at for rung in hidden if rung.at is not None]
    passed = max(times) - min(times) if times else 0.0
    over = f" over {duration(passed)}" if passed >= 0.1 else ""
    return Rung(RungKind.CUT, f"{counted(events, 'more event')}{over}")
