"""Messages in few bytes: what their payloads have in common is written once.

A body is the number of its shape and its values in order. A shape is 0 for a value, ``["a", …]``
for an array of shapes and ``["o", name, shape, …]`` for an object: JavaScript would put members
that are named by numbers first. A text that comes again and again is written once: ``[3]`` stands
for the third of the strings, and ``["1e400"]`` for a number that JavaScript cannot show as it is.
"""

from __future__ import annotations

import math
import re
from typing import Any

from rtdebug.reports.encoding import encode

_SHAPES, _STRINGS, _SEEN = 500, 20_000, 8192
_WORTH = range(6, 201)  # lengths of texts that are written once
_LONGEST = 2000  # characters of a text that are shown whole
_HEAD = 1200
_MOST_VALUES = 4000
_DEEPEST = 40
_EXACT = 2**53
_AUDIO = re.compile(r"[A-Za-z0-9+/]{300}")


def in_page(text: str) -> str:
    """JSON with nothing in it that could end the element of the page it stands in."""
    return text.replace("<", "\\u003c")


class Packing:
    """The shapes and strings of one connection."""

    def __init__(self) -> None:
        self.shapes: dict[str, int] = {}
        self.strings: dict[str, int] = {}
        self._seen: set[str] = set()
        self._keys: dict[str, str] = {}

    def name(self, text: str) -> Any:
        """A text that is likely to come again."""
        known = self.strings.get(text)
        if known is None:
            if len(self.strings) >= _STRINGS or len(text) > _WORTH.stop:
                return text[: _WORTH.stop]
            known = self.strings[text] = len(self.strings)
        return [known]

    def body(self, payload: object) -> list[Any]:
        """A payload as the number of its shape and its values."""
        values: list[Any] = []
        shape = self._shape(payload, values, 0)
        if len(values) > _MOST_VALUES:
            return self.body(f"not on this page: more than {_MOST_VALUES:,} values")
        known = self.shapes.get(shape)
        if known is None:
            if len(self.shapes) >= _SHAPES:
                return [shape, *values]
            known = self.shapes[shape] = len(self.shapes)
        return [known, *values]

    def _shape(self, value: object, values: list[Any], depth: int) -> str:
        if value.__class__ is str:
            values.append(self._text(value))
        elif isinstance(value, dict | list) and depth >= _DEEPEST:
            values.append("nested too deeply")
        elif isinstance(value, dict):
            inner = [
                f",{self._key(key)},{self._shape(one, values, depth + 1)}"
                for key, one in value.items()
            ]
            return f'["o"{"".join(inner)}]'
        elif isinstance(value, list):
            if len(values) + len(value) > _MOST_VALUES:
                values += value[: _MOST_VALUES + 1]
                return "0"
            inner = [f",{self._shape(one, values, depth + 1)}" for one in value]
            return f'["a"{"".join(inner)}]'
        else:
            values.append(_plain(value))
        return "0"

    def _key(self, key: str) -> str:
        known = self._keys.get(key)
        if known is None:
            known = in_page(encode(key[: _WORTH.stop]))
            if len(self._keys) < _SEEN:
                self._keys[key] = known
        return known

    def _text(self, text: str) -> Any:
        known = self.strings.get(text)
        if known is not None:
            return [known]
        if len(text) in _WORTH:
            if text in self._seen:
                return self.name(text)
            if len(self._seen) >= _SEEN:
                self._seen.clear()
            self._seen.add(text)
        return text if len(text) <= 400 else _shortened(text)


def _shortened(text: str) -> str:
    head = 24 if _AUDIO.match(text) else _HEAD
    if len(text) <= _LONGEST and head == _HEAD:
        return text
    return f"{text[:head]}… (the first {head:,} of {len(text):,} characters)"


def _plain(value: object) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _EXACT else [str(value)]
    if isinstance(value, float):
        return value if math.isfinite(value) else [str(value)]
    return str(value)[:_LONGEST]
