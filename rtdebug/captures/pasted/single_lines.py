"""Reads the commonest line of a log, a prefix and one message as JSON, without looking further."""

from __future__ import annotations

import re
from dataclasses import replace

import orjson

from rtdebug.captures.marks import marks_at_head
from rtdebug.captures.pasted import words
from rtdebug.captures.pasted.blocks import Block
from rtdebug.captures.pasted.values import ValueReader
from rtdebug.captures.pieces import Context, Piece, What

_LONGEST_PREFIX = 200
# What stands in a prefix that says more than who, when and which way.
_MORE = re.compile(
    r"(?i)[\[({]\s*[\"']|\b(?:un\w+|no handler|exception|panic\w*|error|fail\w*|cannot|invalid)\b"
)


def event_in(line: str, number: int, values: ValueReader) -> Piece | None:
    """The message of a line that holds nothing else, None where it takes a closer look."""
    start = line.find("{", 0, _LONGEST_PREFIX)
    if start <= 0 or not line.endswith("}"):
        return None
    prefix, text = line[:start], line[start:]
    if _MORE.search(prefix):
        return None
    try:
        value = orjson.loads(text)
    except ValueError:
        return None
    found = values.pieces(line, Block(start, len(line), value, text=text))
    if len(found) != 1 or found[0].what is not What.EVENT or found[0].data is not value:
        return None
    label, stamp = words.label_of(prefix), words.stamp_at_head(prefix)
    return replace(found[0], context=Context(label, False, stamp, number, marks_at_head(prefix)))
