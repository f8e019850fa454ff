"""Makes a reading of a log that is too large to be held: its records come one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rtdebug.captures.assembling import Assembler, Manner, manner_of
from rtdebug.captures.pieces import Piece
from rtdebug.captures.reading import Reading, SenderOf
from rtdebug.captures.viewing import view_of
from rtdebug.model.records import Record


def streamed(
    kind: str, pieces: Iterable[Piece], head: list[Piece], tail: list[Piece], sender_of: SenderOf
) -> Reading:
    """The reading of one connection; ``head`` and ``tail`` are its first and last pieces, by which
    is told what the whole can show."""
    manner = manner_of(head, sender_of)
    first = Assembler(sender_of, manner)
    begun = _records(head, first)
    ended = _records(tail, Assembler(sender_of, manner))
    view = view_of(begun, ended, manner.clock, selective=False)
    reading = Reading(kind, (), view, started=first.started)
    reading.records = _stream(pieces, sender_of, manner, reading)
    return reading


def _records(pieces: list[Piece], assembler: Assembler) -> list[Record]:
    return [record for piece in pieces for record in assembler.records(piece)]


def _stream(
    pieces: Iterable[Piece], sender_of: SenderOf, manner: Manner, reading: Reading
) -> Iterator[Record]:
    assembler = Assembler(sender_of, manner, bare=reading.bare)
    for piece in pieces:
        yield from assembler.records(piece)
