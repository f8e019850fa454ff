"""The records of a log that is too large to be held, each with the connection it is of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rtdebug.captures.assembling import Assembler, Manner
from rtdebug.captures.bystanders import Ties
from rtdebug.captures.pieces import Piece
from rtdebug.captures.reading import SenderOf
from rtdebug.captures.sockets import Sorter
from rtdebug.model.records import Record


def by_connection(
    pieces: Iterable[Piece], sorter: Sorter, ties: Ties, sender_of: SenderOf, manner: Manner
) -> Iterator[tuple[str, Record]]:
    """What the connection is called and the record, for each record in order."""
    assemblers: dict[str, Assembler] = {}
    for piece in pieces:
        name, own = sorter.take(ties.piece(piece))
        if name not in assemblers:
            assemblers[name] = Assembler(sender_of, manner)
        for record in assemblers[name].records(own):
            yield name, record
