"""What the reports of a probe have in common: what is told of a case, and who breaks on it."""

from __future__ import annotations

from rtdebug.model.probed import CaseResult, Matrix
from rtdebug.safe import one_line


def told_lines(result: CaseResult, limit: int) -> list[str]:
    """What was seen of a case that is not ok, or why it was not judged."""
    seen = [one.text for one in result.deviations] or [result.detail]
    return [one_line(text, limit) for text in seen if text]


def breaking(result: CaseResult) -> str:
    """The client families that break on it, in words."""
    return ", ".join(result.breaks)


def families_broken(matrix: Matrix) -> dict[str, list[str]]:
    """Client family -> the cases it breaks on."""
    found: dict[str, list[str]] = {}
    for result in matrix.results:
        for name in result.breaks:
            found.setdefault(name, []).append(result.name)
    return dict(sorted(found.items()))
