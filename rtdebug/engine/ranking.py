"""Ranking: repeats are counted, consequences hang under their cause, and the root comes first.

The root of a run is its worst finding that nothing else explains; among equals the surest, then
the one closest to a cause (CONSEQUENCES), then the earliest. A finding of low certainty never leads
while a certain one stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rtdebug.engine.consequences import CONSEQUENCES, SAME_EVENT
from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.value import replace

_EVIDENCE_KEPT = 10
# A wrong shape is certain, and seldom why a session fails: what explains that goes before it.
_SHAPE = "invalid-event"


def ranked(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings as a report shows them: collapsed, attached, the root first."""
    rows = attach(collapse(findings))
    roots = sorted((one for one in rows if one.under is None), key=_rank)
    order: list[Finding] = []
    for root in roots:
        order.append(root)
        order.extend(sorted((one for one in rows if one.under == root.name), key=_rank))
    placed = {id(one) for one in order}
    order.extend(one for one in rows if id(one) not in placed)
    return tuple(order)


def _rank(finding: Finding) -> tuple[int, bool, bool, int, float]:
    low = finding.certainty is Certainty.LOW
    last = finding.name == _SHAPE
    return (finding.severity.rank, low, last, finding.certainty.rank, finding.at)


def collapse(findings: Iterable[Finding]) -> list[Finding]:
    """One row for all findings of one name and subject kind, with a count."""
    rows: dict[tuple[str, str, str | None], Finding] = {}
    for finding in findings:
        key = (finding.name, finding.title, finding.under)
        rows[key] = _merge(rows[key], finding) if key in rows else finding
    return list(rows.values())


def _merge(first: Finding, more: Finding) -> Finding:
    evidence = first.evidence
    if len(evidence) < _EVIDENCE_KEPT:
        evidence = tuple(sorted({*evidence, *more.evidence}))[:_EVIDENCE_KEPT]
    seqs = [seq for seq in (first.first, first.last, more.first, more.last) if seq is not None]
    worst = min(first.severity, more.severity, key=lambda one: Severity(one).rank)
    return replace(
        first,
        severity=worst,
        count=first.count + (0 if _same_fault(first, more) else more.count),
        evidence=evidence,
        first=min(seqs, default=None),
        last=max(seqs, default=None),
    )


def _same_fault(first: Finding, more: Finding) -> bool:
    """One fault seen twice: as the client committed it, and as the server then said so."""
    one, other = set(first.evidence), set(more.evidence)
    return bool(one and other) and one != other and (one <= other or other <= one)


def attach(rows: Sequence[Finding]) -> list[Finding]:
    """Each consequence is put under the first of its causes that stands.

    What a rule says itself goes before the table, if that cause stands.
    """
    by_name = {one.name: one for one in rows}
    attached = []
    for one in rows:
        under = one.under if one.under in by_name else _cause(one, by_name)
        attached.append(replace(one, under=under) if under != one.under else one)
    return _flatten(attached)


def _cause(finding: Finding, by_name: dict[str, Finding]) -> str | None:
    for cause, consequences in CONSEQUENCES.items():
        if finding.name in consequences and cause in by_name and cause != finding.name:
            if _may_lead(by_name[cause], finding):
                return cause
    return None


def _may_lead(cause: Finding, finding: Finding) -> bool:
    """Nothing hangs under what is less bad than itself, or under what hangs under it."""
    if cause.under == finding.name or cause.severity.rank > finding.severity.rank:
        return False
    return cause.name not in SAME_EVENT or _share(cause, finding)


def _share(cause: Finding, finding: Finding) -> bool:
    if not finding.evidence or not cause.evidence:
        return True
    return bool(set(cause.evidence) & set(finding.evidence)) or finding.count > 1


def _flatten(rows: Sequence[Finding]) -> list[Finding]:
    """A consequence of a consequence hangs under the root; a circle leaves the first as root."""
    under = {one.name: one.under for one in rows}

    def root(name: str) -> str:
        seen = {name}
        while (above := under.get(name)) is not None and above not in seen:
            seen.add(above)
            name = above
        return name

    flat = []
    for one in rows:
        top = root(one.name) if one.under is not None else None
        flat.append(replace(one, under=None if top == one.name else top))
    return flat
