"""Reads what Go's fmt prints: ``map[code:x message:Some text. param:<nil>]`` and ``%+v`` structs.

Neither quotes its strings, so a value ends where the next key begins: a word and a colon with
something right behind it. Maps print their keys in order, which tells a key from a word in a text.
"""

from __future__ import annotations

import re
from typing import Any

DEPTH = 32
_KEY = re.compile(r" ?([A-Za-z_][\w.\-]*):(?=\S| [A-Za-z_]\w*:|$)")
_CLOSE = re.compile(r"[\]}]")
_BREAK = re.compile(r"[\[\]{}\n]| (?=[A-Za-z_][\w.\-]*:(?=\S| [A-Za-z_]\w*:))")
_POINTER = re.compile(r"0x[0-9a-f]{6,}")
_EMPTY: dict[str, Any] = {"<nil>": None, "nil": None, "true": True, "false": False}
STRUCT = re.compile(r"&?\{[A-Z]\w*:(?=[^\s\"'{\[]|\[\]|map\[|\{[A-Z]|&\{|\"\" )")
MAP = re.compile(r"map\[(?=[\w.\-]+:|\])")


class GoReader:
    """Reads maps and structs out of ``text``; ``pos`` and ``whole`` as in LiteralReader."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.whole = True

    def read(self, start: int) -> Any:
        """The map (``map[...]``) or struct (``{Key:value ...}``) at ``start``."""
        self.pos, self.whole = start, True
        return self._value(0, "")

    def _value(self, depth: int, last_key: str) -> Any:
        text = self.text
        while text[self.pos : self.pos + 1] == "&":
            self.pos += 1
        if depth >= DEPTH:
            self.whole = False
            return None
        if text.startswith("map[", self.pos):
            self.pos += 4
            return self._fields(depth, "]", ordered=True)
        char = text[self.pos : self.pos + 1]
        if char == "{":
            self.pos += 1
            return self._fields(depth, "}", ordered=False)
        if char == "[":
            self.pos += 1
            return self._items(depth)
        return self._scalar(last_key)

    def _fields(self, depth: int, closer: str, *, ordered: bool) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        last = ""
        while True:
            char = self.text[self.pos : self.pos + 1]
            if char == closer:
                self.pos += 1
                return fields
            key = _KEY.match(self.text, self.pos)
            if key is None:
                self.whole = False
                return fields
            self.pos = key.end()
            last = key[1]
            fields[last] = self._value(depth + 1, last if ordered else "")

    def _items(self, depth: int) -> list[Any]:
        items: list[Any] = []
        while True:
            char = self.text[self.pos : self.pos + 1]
            if char == "]":
                self.pos += 1
                return items
            if char == " ":
                self.pos += 1
                continue
            if char in ("", "\n", "}"):
                self.whole = False
                return items
            if char in "[{&" or self.text.startswith("map[", self.pos):
                items.append(self._value(depth + 1, ""))
                continue
            word = re.compile(r"[^\s\[\]{}]+").match(self.text, self.pos)
            if word is None:
                self.whole = False
                return items
            self.pos = word.end()
            items.append(_plain(word.group()))

    def _scalar(self, last_key: str) -> Any:
        """Text up to the next key, or to the bracket that closes what it stands in."""
        text, start, open_brackets = self.text, self.pos, 0
        pos = start
        while True:
            match = _BREAK.search(text, pos)
            if match is None or match.group() == "\n":
                self.whole = False
                self.pos = match.start() if match else len(text)
                break
            mark = match.group()
            if mark in "[{":
                open_brackets += 1
            elif mark in "]}":
                if open_brackets == 0:
                    self.pos = match.start()
                    break
                open_brackets -= 1
            elif open_brackets == 0 and self._is_next_key(start, match.start(), last_key):
                self.pos = match.start()
                break
            pos = match.end()
        return _plain(text[start : self.pos])

    def _is_next_key(self, start: int, pos: int, last_key: str) -> bool:
        key = _KEY.match(self.text, pos)
        if key is None:
            return False
        return not last_key or key[1] > last_key or self.text.find(" ", start, pos) < 0


def _plain(text: str) -> Any:
    if text in _EMPTY:
        return _EMPTY[text]
    try:
        return int(text) if text.isdigit() and len(text) < 19 else float(text)
    except ValueError:
        return text


def snake_cased(value: Any) -> Any:
    """A struct with its field names as they are on the wire: ``EventID`` becomes ``event_id``."""
    if isinstance(value, list):
        return [snake_cased(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {_snake(key): snake_cased(item) for key, item in value.items()}


_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _snake(name: str) -> str:
    return _HUMP.sub("_", name).lower() if name[:1].isalpha() else name
