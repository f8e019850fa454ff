"""Shows an error in a file a person wrote: where, what, the line with a mark under it, the cure."""

from __future__ import annotations

import unicodedata

from rtdebug.errors import DocumentError
from rtdebug.safe import one_line, safe

_ROOM = 100  # columns of a line that are shown
_LEAD = 40  # of which before the fault, where the line is longer


def render(error: DocumentError, weight: str = "error") -> str:
    """The error as plain text, without a last newline; ``weight`` is what it is called."""
    lines = [f"{one_line(str(error.location))}: {weight}: {one_line(error.message)}"]
    if error.line_text.strip():
        number = str(error.location.line)
        before, marked, after = _cut(error.line_text, error.location.column - 1, error.width)
        indent = "".join(" " * _columns(one) if one != "\t" else "\t" for one in before)
        width = max(1, sum(_columns(one) for one in marked))
        lines.append(f"{number:>5} | {''.join((*before, *marked, *after))}")
        lines.append(f"{'':>5} | {indent}{'^' * width}")
    if error.hint:
        lines.append(f"{'':>3}= help: {one_line(error.hint)}")
    return "\n".join(lines)


def _cut(line: str, column: int, width: int) -> tuple[list[str], list[str], list[str]]:
    """What is shown before, at and after the fault, character by character, each made safe."""
    start = max(0, column - _LEAD) if len(line) > _ROOM else 0
    shown = [safe(one) for one in line[start : start + _ROOM].rstrip("\r\n")]
    before, marked = shown[: column - start], shown[column - start : column - start + width]
    after = shown[column - start + width :]
    if start:
        before = ["…", *before]
    if len(line) > start + _ROOM:
        after = [*after, "…"]
    return before, marked, after


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(_width(one) for one in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
