"""What really differs between two recordings, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence

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


def render(
    a: str, b: str, found: Sequence[Difference], signs: Signs, *, width: int, color: bool
) -> str:
    """As text; the first difference is the one to look at."""
    lines = [f"A {signs.line(a, 200)}", f"B {signs.line(b, 200)}", ""]
    for one in found[:_MOST]:
        lines.append(
            paint(f"{one.kind}  {signs.line(one.place, width)}".rstrip(), BOLD, color=color)
        )
        lines += [f"  A  {signs.line(one.a, width - 5)}", f"  B  {signs.line(one.b, width - 5)}"]
    if len(found) > _MOST:
        lines.append(
            paint(f"and {counted(len(found) - _MOST, 'more difference')}", DIM, color=color)
        )
    total = counted(len(found), "difference") if found else "no difference"
    lines += [""] * bool(found)
    lines.append(paint(total, *((BOLD, RED) if found else (BOLD,)), color=color))
    return without_commands("".join(f"{line}\n" for line in lines))


def document(a: str, b: str, found: Sequence[Difference]) -> str:
    """As one JSON document."""
    rows = [{"kind": one.kind, "place": one.place, "a": one.a, "b": one.b} for one in found]
    return encode({"a": a, "b": b, "differences": rows}, indent=2) + "\n"
