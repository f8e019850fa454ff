"""The cause tree: what follows hangs under what it follows from, repeats are counted, the root
comes first.

A consequence points at one row, chosen by what the two have in common: an event, or the response,
item, call or request they are about. A cause that concerns the whole session (an expired one, a
refused key) explains what came after it without that. The tree is built once, over single
findings; only then do rows of one name under one root become one row with a count.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from rtdebug.catalogue.book import related
from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.value import replace

_EVIDENCE_KEPT = 10


def cause_tree(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings as every report shows them: each root, then what hangs under it."""
    roots = _roots(findings, _causes(findings))
    rows: dict[tuple[str, str, tuple[str, str] | None], Finding] = {}
    for finding, root in zip(findings, roots, strict=True):
        above = None if root is None else _kind(findings[root])
        place = (*_kind(finding), above)
        rows[place] = _merged(rows[place], finding) if place in rows else finding
    return _in_order(rows)


def _kind(finding: Finding) -> tuple[str, str]:
    """What makes two findings repeats of each other."""
    return finding.name, finding.title


def _in_order(
    rows: dict[tuple[str, str, tuple[str, str] | None], Finding],
) -> tuple[Finding, ...]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for (name, title, above), row in rows.items():
        groups.setdefault(above or (name, title), [])
        if above is not None:
            groups[above].append(row)
    order: list[tuple[Finding, list[Finding]]] = []
    for (name, title, above), row in rows.items():
        if above is None:
            below = [replace(one, under=row.key) for one in groups[name, title]]
            order.append((replace(row, under=None), sorted(below, key=_rank)))
    order.sort(key=lambda group: _rank(group[0], worst(group[0], *group[1])))
    return tuple(one for root, below in order for one in (root, *below))


def worst(*findings: Finding) -> Severity:
    """The worst severity of some findings."""
    return min((one.severity for one in findings), key=lambda one: Severity(one).rank)


def _rank(
    finding: Finding, severity: Severity | None = None
) -> tuple[int, bool, bool, int, float, int]:
    """What is less bad, only guessed, only a shape, less sure or later comes behind."""
    return (
        (severity or finding.severity).rank,
        finding.certainty is Certainty.LOW,
        related(finding.name).shape,
        finding.certainty.rank,
        finding.at,
        finding.first or 0,
    )


def _merged(first: Finding, more: Finding) -> Finding:
    evidence = first.evidence
    if len(evidence) < _EVIDENCE_KEPT:
        evidence = tuple(sorted({*evidence, *more.evidence}))[:_EVIDENCE_KEPT]
    seqs = [seq for seq in (first.first, first.last, more.first, more.last) if seq is not None]
    return replace(
        first,
        severity=worst(first, more),
        causes=more.causes or first.causes,  # the latest has seen most
        count=first.count + (0 if _same_fault(first, more) else more.count),
        evidence=evidence,
        first=min(seqs, default=None),
        last=max(seqs, default=None),
    )


def _same_fault(first: Finding, more: Finding) -> bool:
    """One fault seen twice: as the client committed it, and as the server then said so."""
    one, other = set(first.evidence), set(more.evidence)
    return bool(one and other) and one != other and (one <= other or other <= one)


# -- which row explains which ------------------------------------------------------------------


class _Rows:
    """Rows by name, and by what they have in common with others."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.all = findings
        self._keys: dict[str, int] = {}
        self._named: dict[str, list[tuple[float, int]]] = {}
        self._sharing: dict[tuple[str, object], int] = {}
        for number, finding in enumerate(findings):
            self._keys[finding.key] = number
            self._named.setdefault(finding.name, []).append((finding.at, number))
            for mark in _marks(finding):
                self._sharing.setdefault((finding.name, mark), number)
        for rows in self._named.values():
            rows.sort()

    def stand(self, name: str) -> bool:
        """Whether there is a row of that name."""
        return name in self._named

    def by_key(self, key: str) -> int | None:
        """The row of that key."""
        return self._keys.get(key)

    def sharing(self, name: str, finding: Finding) -> int | None:
        """The row of that name which has an event or a subject in common with a finding."""
        return next(
            (
                self._sharing[name, mark]
                for mark in _marks(finding)
                if (name, mark) in self._sharing
            ),
            None,
        )

    def nearest(self, name: str, finding: Finding) -> int | None:
        """The last row of that name before a finding, or the first of all."""
        rows = self._named.get(name, [])
        before = bisect_right(rows, (finding.at, len(self.all)))
        return rows[max(0, before - 1)][1] if rows else None

    def groundless(self, name: str) -> int | None:
        """The row of that name which names no event: nothing tells what it does not explain."""
        rows = self._named.get(name, [])
        return next((number for _, number in rows if not self.all[number].evidence), None)


def _marks(finding: Finding) -> Iterable[object]:
    yield from finding.evidence
    if finding.subject is not None:
        yield finding.subject


def _causes(findings: Sequence[Finding]) -> list[int | None]:
    """For each finding the row that explains it."""
    rows = _Rows(findings)
    return [_cause(number, finding, rows) for number, finding in enumerate(findings)]


def _cause(number: int, finding: Finding, rows: _Rows) -> int | None:
    if finding.under is not None:
        named = rows.by_key(finding.under)
        if named is None:
            named = rows.sharing(finding.under, finding)
        if named is None:
            named = rows.nearest(finding.under, finding)
        if named is not None and named != number:
            return named
    for name in related(finding.name).explained_by:
        cause = _explaining(name, finding, rows) if rows.stand(name) else None
        if cause is not None and cause != number and _may_lead(rows.all[cause], finding):
            return cause
    return None


def _explaining(name: str, finding: Finding, rows: _Rows) -> int | None:
    shared = rows.sharing(name, finding)
    if shared is not None:
        return shared
    if not related(name).same_event:
        return rows.nearest(name, finding)
    return rows.groundless(name) if finding.evidence else rows.nearest(name, finding)


def _may_lead(cause: Finding, finding: Finding) -> bool:
    """Nothing hangs under what is less bad than itself, or under what hangs under it."""
    circle = cause.under is not None and cause.under in (finding.name, finding.key)
    return not circle and cause.severity.rank <= finding.severity.rank


def _roots(findings: Sequence[Finding], causes: Sequence[int | None]) -> list[int | None]:
    """A consequence of a consequence hangs under the root; of a circle the first is the root."""

    def root(number: int) -> int:
        seen = [number]
        while (above := causes[seen[-1]]) is not None:
            if above in seen:
                return min(seen[seen.index(above) :])
            seen.append(above)
        return seen[-1]

    tops = [root(number) for number in range(len(findings))]
    return [None if top == number else top for number, top in enumerate(tops)]
