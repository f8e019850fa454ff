"""Texts without the escapes that nothing needs, in one pass, and the way back from their places.

A secret may be written with escapes that JSON, URLs and HTML allow: ``sk\\u002d``, ``sk%2D``.
"""

from __future__ import annotations

import re
from bisect import bisect_right

# A run of backslashes is looked at once, from its beginning, whatever its length.
_ESCAPE = re.compile(
    r"(?<!\\)\\++(?:/|u00(?P<u>[2-7][0-9A-Fa-f]))|%(?:25)*+(?P<p>[2-7][0-9A-Fa-f])|&(?P<h>amp|quot);"
)
_HTML = {"amp": "&", "quot": '"'}


class Plain:
    """``text`` without such escapes; ``source`` of a place in it is that in the original."""

    def __init__(self, original: str) -> None:
        self._places = [0]
        self._sources = [0]
        pieces: list[str] = []
        length = position = 0
        for match in _ESCAPE.finditer(original):
            sign = _sign(match)
            if sign is None:
                continue
            pieces += original[position : match.start()], sign
            length += match.start() - position
            self._mark(length, match.start())
            length += 1
            position = match.end()
            self._mark(length, position)
        pieces.append(original[position:])
        self.text = "".join(pieces) if position else original

    def _mark(self, place: int, source: int) -> None:
        self._places.append(place)
        self._sources.append(source)

    def source(self, place: int) -> int:
        """Where in the original the character at ``place`` begins."""
        known = bisect_right(self._places, place) - 1
        return self._sources[known] + place - self._places[known]


def _sign(match: re.Match[str]) -> str | None:
    """The character of an escape; None for those that must stay: quotes and backslashes end
    strings."""
    code = match["u"]
    if code is not None:
        sign = chr(int(code, 16))
        return None if sign in '"\\\x7f' else sign
    if match["p"] is not None:
        return chr(int(match["p"], 16))
    return _HTML[match["h"]] if match["h"] is not None else "/"
