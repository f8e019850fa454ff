"""What a record itself speaks against, beside what was found in it."""

from __future__ import annotations

from rtdebug.model.findings import Finding
from rtdebug.model.results import Outcome, Run
from rtdebug.reports.figures import counted
from rtdebug.reports.ladder import silence

EXCLUDED = ("excluded", "ruled out")
"""The likelihoods of causes that are none."""


def ruled_out(finding: Finding, run: Run) -> list[str]:
    """What the record itself speaks against, told only where something is missing."""
    if run.outcome is not Outcome.FAILED or not silence(finding, run):
        return []
    words = []
    if _open_until(finding.at, run):
        words.append("a close: the connection was still open then")
    if len(run.findings) == 1 and _all_judged(run):
        both = ", both ways," if run.client else ""
        judged = counted(run.client + run.server, "event")
        words.append(f"another known fault: all {judged}{both} were judged, nothing else found")
    return words


def _open_until(at: float, run: Run) -> bool:
    """Whether the record shows the connection from its opening to beyond that time."""
    ends = [row.at for row in run.timeline if row.seq is None and row.type in ("closed", "ended")]
    opened = any(row.seq is None and row.type == "opened" for row in run.timeline)
    return opened and bool(ends) and min(ends) >= at


def _all_judged(run: Run) -> bool:
    known = run.coverage
    return not known.unknown and not known.unread and known.judged >= run.client + run.server
