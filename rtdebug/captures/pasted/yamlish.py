"""Reads events that were dumped as YAML, or as lines of ``key: value`` with less."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rtdebug.captures.pasted.literals import LiteralReader

DEPTH = 24
_DASHES = re.compile(r"[ \t]*(?:-[ \t]+)*(?:-$)?")
_PAIR = re.compile(
    r"(?P<key>[\"']?[A-Za-z_][\w.\-]*[\"']?)[ \t]*:(?:[ \t]+(?P<value>\S.*?))?[ \t]*$"
)
_TYPE = re.compile(
    r"[ \t]*(?:- )*[\"']?type[\"']?[ \t]*:[ \t]+[\"'`]?(?P<type>[A-Za-z][\w.]*)[\"'`]?,?\s*$"
)
_BLOCK_TEXT = re.compile(r"[|>][+-]?\d?")
_WORDS: dict[str, Any] = {
    "null": None, "~": None, "None": None, "nil": None, "true": True, "True": True,
    "false": False, "False": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Row:
    """One step of the dump: a dash, a key with or without its value, or a value alone."""

    indent: int
    key: str | None
    value: str | None
    dash: bool = False


def type_row(line: str) -> str | None:
    """The value of a row ``type: value``."""
    match = _TYPE.match(line)
    return match["type"] if match else None


def is_row(line: str) -> bool:
    """Whether a line can be part of such a dump: a key, or an item of a list."""
    head = _dashes(line)
    return "-" in head or _PAIR.match(line, len(head)) is not None


def _dashes(line: str) -> str:
    match = _DASHES.match(line)
    return match.group() if match else ""


def event_rows(lines: list[str], at: int) -> tuple[int, int]:
    """First and last + 1 of the rows of the event whose ``type:`` row is ``at``."""
    own = len(_dashes(lines[at]))
    first, last = at, at + 1
    while first > 0 and "-" not in _dashes(lines[first]) and is_row(lines[first - 1]):
        above = len(_dashes(lines[first - 1]))
        if above < own or (above == own and type_row(lines[first - 1])):
            break
        first -= 1
    while first < at and len(_dashes(lines[first])) > own:
        first += 1
    while last < len(lines) and is_row(lines[last]):
        head = _dashes(lines[last])
        next_event = len(head) == own and ("-" in head or type_row(lines[last]) is not None)
        if len(head) < own and not (head.endswith("- ") and len(head.rstrip("- ")) >= own):
            break
        if next_event and not _is_item_of(lines[last], own):
            break
        last += 1
    return first, last


def _is_item_of(line: str, own: int) -> bool:
    """Whether a dashed row is an item of a list below a key as deep as ``own``."""
    head = _dashes(line)
    return len(head) - len(head.lstrip()) >= own and "-" in head


class RowReader:
    """Reads rows into one object; ``whole`` is False when something was left out, or when the
    indentation of all rows was lost."""

    def __init__(self, lines: list[str]) -> None:
        self._rows = [row for line in lines for row in _rows(line)]
        self._flat = len({len(line) - len(line.lstrip()) for line in lines if line.strip()}) == 1
        self._at = 0
        self.whole = True

    def read(self) -> dict[str, Any]:
        """The object of all rows."""
        while self._at < len(self._rows) and self._rows[self._at].dash:
            self._at += 1
        value = self._node(0) if self._at < len(self._rows) else None
        return value if isinstance(value, dict) else {}

    def _node(self, depth: int) -> Any:
        row = self._rows[self._at]
        if depth > DEPTH:
            self._at = len(self._rows)
            self.whole = False
            return None
        if row.dash:
            return self._list(row.indent, depth)
        if row.key is None:
            self._at += 1
            return self._scalar(row.value or "")
        return self._object(row.indent, depth)

    def _list(self, indent: int, depth: int) -> list[Any]:
        items = []
        while (row := self._peek()) and row.dash and row.indent == indent:
            self._at += 1
            inner = self._peek()
            items.append(self._node(depth + 1) if inner and inner.indent > indent else None)
        return items

    def _object(self, indent: int, depth: int) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        while (row := self._peek()) and not row.dash and row.key and row.indent == indent:
            self._at += 1
            if row.value is None and self._flat and self._peek() is not None:
                self.whole = False  # what belongs below the key stands beside it
            elif row.value is None:
                fields[row.key] = self._below(indent, depth)
            elif _BLOCK_TEXT.fullmatch(row.value):
                fields[row.key] = self._text(indent)
            else:
                fields[row.key] = self._scalar(row.value)
        return fields

    def _below(self, indent: int, depth: int) -> Any:
        row = self._peek()
        deeper = row is not None and (row.indent > indent or (row.dash and row.indent == indent))
        return self._node(depth + 1) if deeper else None

    def _text(self, indent: int) -> str:
        lines = []
        while (row := self._peek()) and row.indent > indent:
            self._at += 1
            lines.append(": ".join(part for part in (row.key, row.value) if part))
        return "\n".join(lines)

    def _peek(self) -> _Row | None:
        return self._rows[self._at] if self._at < len(self._rows) else None

    def _scalar(self, text: str) -> Any:
        text = text.rstrip(",")
        if text in _WORDS:
            return _WORDS[text]
        if text[:1] in ('"', "'", "[", "{"):
            reader = LiteralReader(text)
            value = reader.read(0)
            if reader.pos >= len(text):
                self.whole = self.whole and reader.whole
                return value
        self.whole = self.whole and not text.endswith(("...", "…"))
        try:
            return int(text) if text.lstrip("-").isdigit() and len(text) < 19 else float(text)
        except ValueError:
            return text


def _rows(line: str) -> list[_Row]:
    head = _dashes(line)
    rows = [_Row(at, None, None, dash=True) for at, char in enumerate(head) if char == "-"]
    rest = line[len(head) :].rstrip()
    pair = _PAIR.match(rest)
    if pair:
        rows.append(_Row(len(head), pair["key"].strip("\"'"), pair["value"]))
    elif rest:
        rows.append(_Row(len(head), None, rest))
    return rows
