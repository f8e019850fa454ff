"""Lays a text out in lines: which values start on each, and what no value covers."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from rtdebug.captures.pasted.blocks import blocks_in
from rtdebug.captures.pasted.values import ValueReader
from rtdebug.captures.pieces import Piece


@dataclass(slots=True)
class Understood:
    """A value that is something of the protocol's, and where it stands."""

    start: int
    end: int
    pieces: list[Piece]
    whole: bool


@dataclass(slots=True)
class LogLine:
    """One line: ``free`` is its text without values, ``lead`` what stands before the first."""

    number: int
    start: int
    text: str
    free: str
    lead: str = ""
    values: list[Understood] = field(default_factory=list)


def lines_of(text: str, values: ValueReader, first_line: int = 1) -> list[LogLine]:
    """The lines of ``text`` but those that are inside a value."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    spans: dict[int, list[Understood]] = {}
    inside: set[int] = set()
    for block in blocks_in(text):
        found = values.pieces(text, block)
        if not found:
            continue
        value = Understood(block.start, block.end, found, block.whole)
        first = bisect_right(starts, block.start) - 1
        last = bisect_right(starts, max(block.start, block.end - 1)) - 1
        spans.setdefault(first, []).append(value)
        if last > first:
            inside.update(range(first + 1, last))
            spans.setdefault(last, []).append(value)
    lines = []
    for index, start in enumerate(starts):
        if index not in inside:
            end = starts[index + 1] - 1 if index + 1 < len(starts) else len(text)
            lines.append(_line(text, index + first_line, start, end, spans.get(index, [])))
    return lines


def _line(text: str, number: int, start: int, end: int, spans: list[Understood]) -> LogLine:
    if not spans:
        return LogLine(number, start, text[start:end], text[start:end])
    free, pos = [], start
    for value in spans:
        if value.start > pos:
            free.append(text[pos : min(value.start, end)])
        pos = max(pos, value.end)
    free.append(text[min(pos, end) : end])
    own = [value for value in spans if value.start >= start]
    lead = text[start : own[0].start] if own else ""
    if own and len(spans) > len(own):  # behind the end of a value from a line above
        lead = text[max(start, spans[0].end) : own[0].start]
    return LogLine(number, start, text[start:end], " ".join(free), lead, own)
