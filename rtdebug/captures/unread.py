"""Counts the lines of a log that name an event and could not be read.

A line that names a type of which as many messages were read only speaks of one of them, and so does
a sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from rtdebug.captures.pieces import Piece, What
from rtdebug.captures.reading import SenderOf

if TYPE_CHECKING:
    from rtdebug.captures.reading import Reading

_SHOWN = 200
_KEPT = 20


class Unread:
    """The messages that were read of each type, and the lines that name one."""

    def __init__(self, sender_of: SenderOf) -> None:
        self._sender_of = sender_of
        self._read: Counter[str] = Counter()
        self._told: Counter[str] = Counter()
        self._first: dict[str, list[str]] = {}
        self._named: dict[object, str] = {}

    def take(self, piece: Piece) -> str:
        """The next piece of a log; the type that it names and is none of, "" for none."""
        if piece.what is What.EVENT:
            self._read[piece.type] += piece.count
        elif piece.what is What.REMARK and piece.text and "." in piece.text:
            name = _named(piece.text, self._sender_of)
            self.again(name, piece.text)
            return name
        return ""

    def again(self, name: str, text: str = "") -> None:
        """A line names that type."""
        if name:
            self._told[name] += 1
            first = self._first.setdefault(name, [])
            if text and len(first) < _KEPT:
                first.append(text)

    def repeated(self, template: object, line: bytes) -> None:
        """A line like others, which are known by ``template``."""
        if template not in self._named:
            text = line.decode("utf-8", "replace")
            self._named[template] = _named(text, self._sender_of) if "." in text else ""
        self.again(self._named[template])

    def into(self, reading: Reading, *, often: Container[str] = (), messages: int = 0) -> None:
        """Notes in a reading how many lines name events, and how many were not read. Of the types
        that came ``often`` nothing was taken here; ``messages`` were read in all."""
        reading.named = max(sum(self._read.values()), messages)
        for name, count in self._told.items():
            missing = count - self._read[name]
            if missing > 0 and name not in often:
                reading.unread += missing
                reading.named += missing
                texts = self._first[name]
                text = texts[min(self._read[name], len(texts) - 1)] if texts else ""
                reading.first_unread = reading.first_unread or text.strip()[:_SHOWN]


def count_unread(reading: Reading, pieces: Iterable[Piece], sender_of: SenderOf) -> None:
    """Notes in a reading how many lines of ``pieces`` name events, and how many were not read."""
    unread = Unread(sender_of)
    for piece in pieces:
        unread.take(piece)
    unread.into(reading)


def _named(text: str, sender_of: SenderOf) -> str:
    """The event that a line of a program names, "" for none."""
    from rtdebug.captures.pasted.names_only import types_in
    from rtdebug.captures.pasted.words import is_prose

    known = next((m.group() for m in types_in(text, sender_of) if sender_of(m.group())), "")
    return "" if not known or is_prose(text) else known
