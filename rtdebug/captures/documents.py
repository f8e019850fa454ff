"""Reads a log that is one JSON document: an array of messages, or an object that holds one."""

from __future__ import annotations

from typing import Any

from rtdebug.captures.eager import readings_of
from rtdebug.captures.pieces import Context
from rtdebug.captures.reading import Reading, SenderOf
from rtdebug.captures.units import units_in
from rtdebug.captures.wrapped import TextReader, Unwrapper


def read_document(value: Any, sender_of: SenderOf, read_text: TextReader) -> list[Reading] | None:
    """The readings of a parsed document, None when it holds nothing of the protocol's."""
    unwrapper = Unwrapper(sender_of, read_text)
    unwrapper.units = units_in(_rows(value), unwrapper)
    pieces = unwrapper.pieces(value, Context(line=1))
    if not pieces:
        return None
    return readings_of("JSON document", pieces, sender_of)


def _rows(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    lists = [inner for inner in value.values() if isinstance(inner, list)] if value else []
    return max(lists, key=len, default=[])
