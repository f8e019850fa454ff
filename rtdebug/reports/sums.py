"""What is true of all plays: sums of what was repeated, and what is wrong with the whole."""

from __future__ import annotations

from collections.abc import Iterator

from rtdebug.model.results import Repeated, Report
from rtdebug.reports.figures import duration


def whole_lines(report: Report) -> Iterator[str]:
    """A line for each scenario that was repeated, and for each problem."""
    yield from map(_repeated, report.repeats)
    for problem in report.problems:
        place = f" ({problem.source})" if problem.source else ""
        yield f"{problem.name}: {problem.message}{place}"


def _repeated(one: Repeated) -> str:
    rate = f", {one.bad / one.plays:.1%}" if one.bad else ""
    parts = [f"{one.name}: {one.plays} plays, {one.bad} bad{rate}"]
    for name, both in (("first delta", one.first_delta), ("response", one.response)):
        if both is not None:
            parts.append(f"{name} p50 {duration(both[0])}, p95 {duration(both[1])}")
    return "; ".join(parts)
