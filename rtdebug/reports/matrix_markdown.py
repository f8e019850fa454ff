"""The matrix of a probe as a page of Markdown: a badge, the sum, a table of what is not ok."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from rtdebug.model.probed import CaseResult, CaseVerdict, Matrix
from rtdebug.reports.matrix_words import breaking, families_broken, told_lines
from rtdebug.reports.signs import without_commands
from rtdebug.safe import one_line

_COLOURS = {0: "brightgreen", 1: "red"}
_TOLD = 300


def render(matrix: Matrix) -> str:
    """``matrix`` as Markdown ending in a newline."""
    lines = [f"# Conformance of {_text(matrix.target)}", "", badge(matrix), "", *_sum(matrix)]
    rows = [one for one in matrix.results if one.verdict is not CaseVerdict.OK]
    if rows:
        lines += ["", "| # | case | verdict | what was seen | breaks |", "|---|---|---|---|---|"]
        lines += [_row(one) for one in rows]
    broken = families_broken(matrix)
    if broken:
        lines += ["", "Clients that break:", ""]
        lines += [f"- {_text(name)}: {_text(', '.join(cases))}" for name, cases in broken.items()]
    return without_commands("\n".join(lines) + "\n")


def badge(matrix: Matrix) -> str:
    """An image that says how many cases are ok, by the address of a common badge service."""
    said = f"{matrix.count(CaseVerdict.OK)} of {len(matrix.results)} ok"
    colour = _COLOURS.get(matrix.exit_code, "lightgrey")
    if matrix.exit_code == 0 and matrix.count(CaseVerdict.OK) < len(matrix.results):
        colour = "yellow"
    label = f"{matrix.pack} conformance"
    path = "-".join(_part(one) for one in (label, said, colour))
    return f"![{_text(label)}: {said}](https://img.shields.io/badge/{path})"


def _part(text: str) -> str:
    return quote(text.replace("-", "--").replace("_", "__"), safe="")


def _sum(matrix: Matrix) -> Iterator[str]:
    counts = ", ".join(
        f"{count} {verdict.value}" for verdict in CaseVerdict if (count := matrix.count(verdict))
    )
    yield f"{len(matrix.results)} cases of {_text(matrix.pack)}: {counts}."
    if matrix.refused:
        yield f"No session came about: {_text(matrix.refused)}."
    if matrix.stale:
        yield f"Expected to fail, and ok: {_text(', '.join(matrix.stale))}."


def _row(result: CaseResult) -> str:
    verdict = f"{result.verdict.value}{' (expected)' if result.expected else ''}"
    seen = "<br>".join(_text(line) for line in told_lines(result, _TOLD))
    case = f"{_text(result.name)}<br>{_text(result.title)}"
    return f"| {result.number} | {case} | {verdict} | {seen} | {_text(breaking(result))} |"


def _text(text: str) -> str:
    """Text in which nothing is markup, a row or a link."""
    return re.sub(r"([\\`*_{}\[\]()#+!|~<>&@-])", _entity, one_line(text))


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[1])};" if match[1] in "<>&@|`" else f"\\{match[1]}"
