"""What really differs between two recordings, for people and for programs."""

from __future__ import annotations

import re
from itertools import groupby

from rtdebug.errors import EXIT_BAD, EXIT_GOOD
from rtdebug.model.value import Value
from rtdebug.reports.ansi import BOLD, DIM, RED, paint
from rtdebug.reports.encoding import encode
from rtdebug.reports.figures import counted
from rtdebug.reports.signs import Signs, without_commands

_MOST = 40


class Difference(Value):
    """One difference: of what ``kind``, where, and what either recording has there."""

    kind: str
    place: str
    a: str
    b: str


class Comparison(Value):
    """Two recordings by their names, and what differs."""

    a: str
    b: str
    found: tuple[Difference, ...]

    @property
    def exit_code(self) -> int:
        """1 where anything differs."""
        return EXIT_BAD if self.found else EXIT_GOOD


def render(comparison: Comparison, signs: Signs, *, width: int, color: bool) -> str:
    """As text; the first difference is the one to look at."""
    a, b, found = comparison.a, comparison.b, comparison.found
    lines = [f"A {signs.line(a, 200)}", f"B {signs.line(b, 200)}", ""]
    for side, ones in groupby(found[:_MOST], _alone_in):
        if side:
            lines.append(paint(f"messages in {side} alone", BOLD, color=color))
        for one in ones:
            place = signs.line(one.place, width)
            if side:
                said = signs.line(one.a if side == "A" else one.b, max(width - 12, 20))
                lines.append(f"  {place.partition(' ')[2]:>6}  {said}")
                continue
            lines.append(paint(f"{one.kind}  {place}".rstrip(), BOLD, color=color))
            lines += [f"  {name}  {signs.line(text, width - 5)}"
                      for name, text in (("A", one.a), ("B", one.b))]  # fmt: skip
    if len(found) > _MOST:
        lines.append(
            paint(f"and {counted(len(found) - _MOST, 'more difference')}", DIM, color=color)
        )
    total = counted(len(found), "difference") if found else "no difference"
    lines += [""] * bool(found)
    lines.append(paint(total, *((BOLD, RED) if found else (BOLD,)), color=color))
    return without_commands("".join(f"{line}\n" for line in lines))


def _alone_in(one: Difference) -> str:
    """The recording that alone has a message; empty for what is held against something."""
    match = re.fullmatch(r"([AB]) #\d+", one.place) if one.kind == "message" else None
    return match[1] if match else ""


def document(comparison: Comparison) -> str:
    """As one JSON document."""
    rows = [{"kind": one.kind, "place": one.place, "a": one.a, "b": one.b}
            for one in comparison.found]  # fmt: skip
    return encode({"a": comparison.a, "b": comparison.b, "differences": rows}, indent=2) + "\n"
