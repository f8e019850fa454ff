"""Findings as a person reads them: each root cause with its consequences under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rtdebug.model.findings import Finding, Severity


class Group(NamedTuple):
    """One root finding and its consequences, each with its depth below the root (from 1)."""

    root: Finding
    consequences: tuple[tuple[int, Finding], ...] = ()


def grouped(findings: Sequence[Finding]) -> list[Group]:
    """Root findings in the order given, none lost: what hangs under nothing shown is a root."""
    children: dict[str, list[Finding]] = {}
    keys = {finding.key for finding in findings}
    roots = []
    for finding in findings:
        if finding.under in keys and finding.under != finding.key:
            children.setdefault(finding.under or "", []).append(finding)
        else:
            roots.append(finding)
    groups = [Group(root, tuple(_below(root.key, children, 1))) for root in roots]
    while children:  # a circle has no root: its first finding is as good as any
        first = next(iter(children.values())).pop(0)
        children = {key: rest for key, rest in children.items() if rest}
        groups.append(Group(first, tuple(_below(first.key, children, 1))))
    return groups


def _below(
    key: str, children: dict[str, list[Finding]], depth: int
) -> Iterator[tuple[int, Finding]]:
    # Taken out as they are placed: a finding hangs under one root, and a circle ends.
    for finding in children.pop(key, ()):
        yield depth, finding
        yield from _below(finding.key, children, depth + 1)


def loud(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that are more than remarks."""
    return [finding for finding in findings if finding.severity is not Severity.INFO]
