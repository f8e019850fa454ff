"""The matrix of a probe for people: a sign a case, then what departs, who breaks on it, the sum."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rtdebug.model.probed import CaseResult, CaseVerdict, Matrix
from rtdebug.reports.ansi import BOLD, DIM, GREEN, RED, YELLOW, paint
from rtdebug.reports.figures import EXIT_WORDS, counted, duration
from rtdebug.reports.formats import Look
from rtdebug.reports.matrix_words import breaking, families_broken, told_lines
from rtdebug.reports.signs import Signs, signs, without_commands

_NARROWEST = 40
_TOLD = 240  # characters of one departure
_ORDER = (
    CaseVerdict.FAILED,
    CaseVerdict.NOT_IMPLEMENTED,
    CaseVerdict.NON_STRICT,
    CaseVerdict.NOT_JUDGED,
    CaseVerdict.NOT_SHOWN,
)
_SHORT = (CaseVerdict.NOT_JUDGED, CaseVerdict.NOT_SHOWN)  # told in a line
_COLOURS = {
    CaseVerdict.OK: GREEN,
    CaseVerdict.NON_STRICT: YELLOW,
    CaseVerdict.FAILED: RED,
    CaseVerdict.NOT_IMPLEMENTED: RED,
    CaseVerdict.NOT_JUDGED: DIM,
    CaseVerdict.NOT_SHOWN: DIM,
}
_NEGATIVE = "negative"


def render(matrix: Matrix, look: Look) -> str:
    """``matrix`` as text for the width of the look, ending in a newline."""
    return without_commands("".join(f"{line}\n" for line in _Screen(matrix, look).lines()))


class _Screen:
    def __init__(self, matrix: Matrix, look: Look) -> None:
        self._matrix = matrix
        self._look = look
        self._signs: Signs = signs(look.unicode)
        self._width = max(look.width, _NARROWEST)

    def lines(self) -> Iterator[str]:
        matrix, quiet = self._matrix, self._look.quiet
        if not quiet:
            yield from self._wrapped(f"{matrix.target}, {matrix.pack}", 0, BOLD)
            yield from self._grid()
        for verdict in _ORDER:
            if not quiet or verdict in (CaseVerdict.FAILED, CaseVerdict.NOT_IMPLEMENTED):
                yield from self._of(verdict)
        if not quiet:
            yield from self._broken()
            yield ""
        yield from self._sum()

    # -- the grid ----------------------------------------------------------------------------

    def _grid(self) -> Iterator[str]:
        results = self._matrix.results
        areas = {name: list(rows) for name, rows in groupby(results, lambda one: one.area)}
        name_width = max(map(len, areas), default=0)
        room = max(10, self._width - name_width - 18)
        wide = min(room, max(map(len, areas.values()), default=0))
        yield ""
        for area, rows in areas.items():
            good = sum(one.verdict is CaseVerdict.OK for one in rows)
            for start in range(0, len(rows), room):
                part = rows[start : start + room]
                marks = "".join(self._mark(one.verdict) for one in part)
                lead = area if not start else ""
                tail = "" if start + room < len(rows) else f"{good} of {len(rows)} ok"
                pad = " " * (wide - len(part))
                yield f"  {lead:<{name_width}}  {marks}{pad}  {tail}".rstrip()
        yield from self._legend()

    def _mark(self, verdict: CaseVerdict) -> str:
        return paint(self._sign(verdict), _COLOURS[verdict], color=self._look.color)

    def _sign(self, verdict: CaseVerdict) -> str:
        known = self._signs
        return {
            CaseVerdict.OK: known.good,
            CaseVerdict.NON_STRICT: known.warning,
            CaseVerdict.FAILED: known.bad,
            CaseVerdict.NOT_IMPLEMENTED: known.skipped,
            CaseVerdict.NOT_JUDGED: "?",
            CaseVerdict.NOT_SHOWN: known.open,
        }[verdict]

    def _legend(self) -> Iterator[str]:
        seen = [one for one in CaseVerdict if self._matrix.count(one)]
        text = "   ".join(f"{self._sign(one)} {one.value}" for one in seen)
        yield paint(f"  {text}", DIM, color=self._look.color)

    # -- what departs ------------------------------------------------------------------------

    def _of(self, verdict: CaseVerdict) -> Iterator[str]:
        rows = [one for one in self._matrix.results if one.verdict is verdict]
        whole = self._look.verbose
        if rows and verdict in _SHORT and not whole:
            yield ""
        for result in rows:
            if whole or result.area != _NEGATIVE or verdict is not CaseVerdict.NON_STRICT:
                yield from self._told(result)
        if not whole and verdict is CaseVerdict.NON_STRICT:
            yield from self._lenient([one for one in rows if one.area == _NEGATIVE])

    def _told(self, result: CaseResult) -> Iterator[str]:
        expected = ", expected" if result.expected else ""
        head = f"{result.number} {result.name}: {result.verdict.value}{expected}"
        short = result.verdict in _SHORT and not self._look.verbose
        if not short:
            yield ""
        mark = self._mark(result.verdict)
        if short:
            (why, *_) = told_lines(result, _TOLD) or [""]
            room = self._width - 3
            yield f"{mark} {self._signs.line(f'{head}: {why}', room)}"
            return
        yield f"{mark} {paint(self._signs.line(head), BOLD, color=self._look.color)}"
        yield from self._wrapped(result.title, 4)
        for text in told_lines(result, 0 if self._look.verbose else _TOLD):
            yield from self._wrapped(text, 4, DIM)
        if result.breaks:
            yield from self._wrapped(f"breaks {breaking(result)}", 4, YELLOW)

    def _lenient(self, rows: Sequence[CaseResult]) -> Iterator[str]:
        """Wrong requests that are taken are told by the request: there may be many."""
        for request, group in groupby(rows, lambda one: one.name.rpartition("/")[0]):
            fields = [one.name.rpartition("/")[2] for one in group]
            yield ""
            head = f"{request}: taken though wrong in {counted(len(fields), 'field')}"
            mark = self._mark(CaseVerdict.NON_STRICT)
            yield f"{mark} {paint(self._signs.line(head), BOLD, color=self._look.color)}"
            yield from self._wrapped(", ".join(fields), 4, DIM)

    def _broken(self) -> Iterator[str]:
        broken = families_broken(self._matrix)
        if not broken:
            return
        yield ""
        yield paint("Clients that break", BOLD, color=self._look.color)
        for name, cases in broken.items():
            yield from self._wrapped(f"{name}: {', '.join(cases)}", 2)

    # -- the sum -----------------------------------------------------------------------------

    def _sum(self) -> Iterator[str]:
        matrix = self._matrix
        if matrix.refused:
            yield from self._wrapped(f"No session came about. {matrix.refused}", 0, RED)
        if matrix.stale:
            names = ", ".join(matrix.stale)
            told = f"Expected to fail, and ok: {names}. Take them off the list."
            yield from self._wrapped(told, 0, RED)
        counts = [f"{count} {one.value}" for one in CaseVerdict if (count := matrix.count(one))]
        expected = sum(one.expected for one in matrix.results)
        counts += [f"{expected} of them expected"] if expected else []
        used = f", {counted(matrix.tokens, 'token')} used" if matrix.tokens else ""
        total = f"{counted(len(matrix.results), 'case')}: {', '.join(counts)}"
        yield from self._wrapped(f"{total}; {duration(matrix.duration)}{used}", 0, BOLD)
        if matrix.exit_code:
            words = self._why()
            yield paint(f"exit code {matrix.exit_code}: {words}", DIM, color=self._look.color)

    def _why(self) -> str:
        judged = any(one.verdict not in _SHORT for one in self._matrix.results)
        if self._matrix.exit_code == 4 and judged:
            return "some cases were not judged, and what was not judged is no pass"
        return EXIT_WORDS.get(self._matrix.exit_code, "")

    def _wrapped(self, text: str, indent: int, *codes: str) -> Iterable[str]:
        lines = textwrap.wrap(
            self._signs.line(text), self._width - indent, break_long_words=False,
            break_on_hyphens=False,
        )  # fmt: skip
        return [
            " " * indent + paint(line, *codes, color=self._look.color and bool(codes))
            for line in lines
        ]
