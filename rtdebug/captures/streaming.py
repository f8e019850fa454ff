"""The records of a log that is too large to be held, each with the connection it is of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rtdebug.captures.assembling import Assembler, Manner
from rtdebug.captures.bystanders import Ties, ties_of
from rtdebug.captures.pieces import Piece
from rtdebug.captures.reading import SenderOf
from rtdebug.captures.sockets import Sorter
from rtdebug.captures.unread import Unread
from rtdebug.model.records import Record

_FIRST = 50  # pieces of a connection that tell its protocol
_MOST = 1000  # connections that are gone on with at a time


class Strands:
    """The connections of one log, in ``names`` in the order in which they begin; ``unread`` has
    what was not read of each, by its name, and ``assemblers`` what made its records."""

    def __init__(
        self, pieces: Iterable[Piece], sorter: Sorter, sender_of: SenderOf, manner: Manner
    ) -> None:
        self._pieces = pieces
        self._sorter = sorter
        self._sender_of = sender_of
        self._manner = manner
        self._open: dict[str, _Strand] = {}
        self.names: dict[str, None] = {}
        self.unread: dict[str, Unread] = {}
        self.assemblers: dict[str, Assembler] = {}

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        """What the connection is called and the record, for each record; those of one connection
        are in order."""
        for piece in self._pieces:
            for name, own in self._sorter.take(piece):
                yield from self._take(name, own)
        for name, own in self._sorter.finish():
            yield from self._take(name, own)
        while self._open:
            yield from self._end()

    def _take(self, name: str, piece: Piece) -> Iterator[tuple[str, Record]]:
        strand = self._open.pop(name, None)
        if strand is None:
            if len(self._open) >= _MOST:
                yield from self._end()
            assembler = Assembler(self._sender_of, self._manner)
            strand = _Strand(assembler, self.unread.setdefault(name, Unread(self._sender_of)))
            self.names.setdefault(name)
            self.assemblers[name] = assembler
        self._open[name] = strand
        for record in strand.take(piece):
            yield name, record

    def _end(self) -> Iterator[tuple[str, Record]]:
        """Lets the connection go that was silent longest."""
        name, strand = next(iter(self._open.items()))
        del self._open[name]
        for record in strand.begin():
            yield name, record


class _Strand:
    """One connection: its first pieces wait until they tell what it speaks."""

    def __init__(self, assembler: Assembler, unread: Unread) -> None:
        self._assembler = assembler
        self._unread = unread
        self._waiting: list[Piece] = []
        self._ties: Ties | None = None

    def take(self, piece: Piece) -> Iterator[Record]:
        self._unread.take(piece)
        if self._ties is not None:
            yield from self._assembler.records(self._ties.piece(piece))
            return
        self._waiting.append(piece)
        if len(self._waiting) >= _FIRST:
            yield from self.begin()

    def begin(self) -> Iterator[Record]:
        """What waits, now that it is known what tells its own from another's."""
        waiting, self._waiting = self._waiting, []
        if self._ties is None:
            self._ties = ties_of(waiting, self._assembler.sender_of)
        for piece in waiting:
            yield from self._assembler.records(self._ties.piece(piece))
