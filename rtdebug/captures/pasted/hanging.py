"""Puts a line together again that a console broke to fit its width, the rest hanging below it."""

from __future__ import annotations

from collections.abc import Sequence

from rtdebug.captures.pasted.layout import LogLine

_DEEP = 16
"""Columns before what hangs; programs and dumps are rarely indented this deep."""
_MOST = 12


def hanging(lines: Sequence[LogLine], index: int) -> tuple[str, int]:
    """The text of a line with what hangs below it, and how many lines hang."""
    line = lines[index]
    parts = [line.text.strip()]
    own, pad = _pad(line.text), 0
    for below in lines[index + 1 : index + 1 + _MOST]:
        deep = _pad(below.text)
        if below.values or not below.text.strip() or deep < max(_DEEP, own + 1):
            break
        if pad and deep != pad:
            break
        pad = deep
        parts.append(below.text.strip())
    return " ".join(parts), len(parts) - 1


def _pad(text: str) -> int:
    return len(text) - len(text.lstrip())
