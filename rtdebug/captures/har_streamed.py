"""Reads a large HAR in little memory: its messages are set aside, the rest is parsed as a whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

from rtdebug.captures.elements import Text, temporary
from rtdebug.captures.jsonl import loads
from rtdebug.captures.sources import tail_lines

_ARRAY = re.compile(r'"(?:_?webSocketMessages|_?websocketMessages)"\s*:\s*\[')
_LONGEST_NAME = 64
_LAST = 30


class Messages:
    """The messages of one entry, in a file of their own; each pass reads it anew."""

    def __init__(self, lines: BinaryIO, count: int) -> None:
        self._lines = lines
        self._count = count

    def __bool__(self) -> bool:
        return self._count > 0

    def __iter__(self) -> Iterator[Any]:
        self._lines.seek(0)
        return map(_parsed, self._lines)

    def __del__(self) -> None:
        self._lines.close()

    def first(self, count: int) -> list[Any]:
        """The first of them."""
        return list(islice(self, count))

    def last(self) -> list[Any]:
        """The last of them."""
        return [_parsed(line) for line in tail_lines(self._lines)[-_LAST:] if line.strip()]


def parsed_apart(stream: BinaryIO) -> Any:
    """The parsed archive, with Messages where its entries had arrays of messages."""
    stream.seek(0)
    text = Text(stream)
    rest: list[str] = []
    aside: list[Messages] = []
    while text.held or text.more():
        match = _ARRAY.search(text.held, text.pos)
        if match is None:
            end = max(text.pos, len(text.held) - _LONGEST_NAME)
            rest.append(text.held[text.pos : end])
            text.pos = end
            if not text.more():
                break
            continue
        rest.append(f'{text.held[text.pos : match.end()]}"{_mark(len(aside))}"')
        text.pos = match.end()
        aside.append(_set_aside(text))
        rest.append("]")
    rest.append(text.held[text.pos :])
    value = loads("".join(rest).encode("utf-8", "surrogatepass"))
    return _put_back(value, aside)


def _mark(number: int) -> str:
    return f"messages {number} set aside"


def _set_aside(text: Text) -> Messages:
    lines, count = temporary(), 0
    for element in text.elements():
        lines.write(element.encode("utf-8", "surrogatepass") + b"\n")
        count += 1
    lines.flush()
    return Messages(lines, count)


def _put_back(value: Any, aside: list[Messages]) -> Any:
    marks = {_mark(number): messages for number, messages in enumerate(aside)}
    entries = value.get("log", {}).get("entries", []) if isinstance(value, dict) else []
    for entry in entries if isinstance(entries, list) else []:
        for name, inner in entry.items() if isinstance(entry, dict) else ():
            if isinstance(inner, list) and len(inner) == 1 and str(inner[0]) in marks:
                entry[name] = marks[inner[0]]
    return value


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
