"""Counts the lines of a log that name an event and could not be read.

A line that names a type of which as many messages were read only speaks of one of them, and so does
a sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rtdebug.captures.pieces import Piece, What
from rtdebug.captures.reading import SenderOf

if TYPE_CHECKING:
    from rtdebug.captures.reading import Reading

_SHOWN = 200


def count_unread(reading: Reading, pieces: Iterable[Piece], sender_of: SenderOf) -> None:
    """Notes in a reading how many lines of ``pieces`` name events, and how many were not read."""
    read: Counter[str] = Counter()
    lines: list[tuple[str, str]] = []
    for piece in pieces:
        if piece.what is What.EVENT:
            read[piece.type] += piece.count
        elif piece.what is What.REMARK and piece.text and "." in piece.text:
            name = _named(piece.text, sender_of)
            if name:
                lines.append((name, piece.text))
    reading.named = sum(read.values())
    told: Counter[str] = Counter()
    for name, text in lines:
        told[name] += 1
        if told[name] > read[name]:
            reading.unread += 1
            reading.named += 1
            reading.first_unread = reading.first_unread or text.strip()[:_SHOWN]


def _named(text: str, sender_of: SenderOf) -> str:
    """The event that a line of a program names, "" for none."""
    from rtdebug.captures.pasted.names_only import types_in
    from rtdebug.captures.pasted.words import is_prose

    known = next((m.group() for m in types_in(text, sender_of) if sender_of(m.group())), "")
    return "" if not known or is_prose(text) else known
