"""Reads PHP's ``print_r``: keys in brackets, and values that go to the end of their line.

It writes null, false and the empty text alike as nothing, and objects and lists alike when they
are empty; such values are left out and the value is not whole.
"""

from __future__ import annotations

import re
from typing import Any

DEPTH = 32
OPENS = r"\b(?:Array|\w{1,80} Object)\s*\((?=\s*(?:\[|\)))"
_OPEN = re.compile(r"(?:Array|[\w\\]{1,80} Object)\s*\(")
_ROW = re.compile(r"\s*\[([^\]\n]{1,80})\] => ?")
_CLOSE = re.compile(r"\s*\)")
_LINE = re.compile(r"[^\n]*")


class PrintRReader:
    """Reads one value out of ``text``; ``pos`` and ``whole`` as in LiteralReader."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.whole = True

    def read(self, start: int) -> Any:
        """The array at ``start``."""
        self.pos, self.whole = start, True
        return self._array(0)

    def _array(self, depth: int) -> Any:
        opened = _OPEN.match(self.text, self.pos)
        if opened is None or depth >= DEPTH:
            self.whole = False
            return None
        self.pos = opened.end()
        fields: dict[str, Any] = {}
        while row := _ROW.match(self.text, self.pos):
            self.pos = row.end()
            value = self._value(depth)
            if value is not None:
                fields[row[1].split(":")[0]] = value
        closed = _CLOSE.match(self.text, self.pos)
        self.whole = self.whole and closed is not None and bool(fields)
        self.pos = closed.end() if closed else self.pos
        return listed(fields) or None

    def _value(self, depth: int) -> Any:
        if _OPEN.match(self.text, self.pos):
            return self._array(depth + 1)
        line = _LINE.match(self.text, self.pos)
        assert line is not None
        self.pos = line.end()
        word = line.group().rstrip()
        if not word:
            self.whole = False
            return None
        return int(word) if word.isdecimal() and len(word) < 16 else word


def listed(fields: dict[str, Any]) -> Any:
    """A list where the keys are the numbers of one, as PHP prints it."""
    if fields and all(key == str(number) for number, key in enumerate(fields)):
        return list(fields.values())
    return fields
