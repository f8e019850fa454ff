"""What is remembered of a connection in case it ends badly: then a capture is written after all.

Nothing is decoded, masked or written while the connection goes on. What is remembered is bounded,
over all connections together: one that finds no more room keeps its beginning, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from rtdebug.engine.decoder import decode
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Record, Sender, Undecodable, Unjudged
from rtdebug.packs.pack import Pack
from rtdebug.secrets.masker import Masker
from rtdebug.wire.parties import Recorder

_ROOM = 64 * 1024 * 1024  # bytes of messages, of all connections
_RECORD = 200  # what a record costs besides

Message: TypeAlias = tuple[str, float, Sender]
"""A text message as it came, with its time and its sender."""


class Room:
    """How much may be remembered in all; ``left`` in bytes."""

    def __init__(self, left: int = _ROOM) -> None:
        self.left = left


class Memory:
    """Remembers one connection."""

    def __init__(self, pack: Pack, room: Room) -> None:
        self._pack = pack
        self._room = room
        self._taken = 0
        self._left_out = 0
        self._items: list[Record | Message] = []

    def add(self, item: Record | Message) -> None:
        """One record, or a text message that nobody has made one of yet."""
        size = _RECORD + _size(item)
        if self._left_out or self._room.left < size:
            self._left_out += 1
            return
        self._room.left -= size
        self._taken += size
        self._items.append(item)

    def forget(self) -> None:
        """The room is free again."""
        self._room.left += self._taken
        self._taken = 0
        self._items = []

    def write(self, recorder: Recorder, masker: Masker, findings: Iterable[Finding]) -> None:
        """Everything into a capture, without secrets, as if it had been written all along."""
        seq, at = 0, 0.0
        for item in self._items:
            record = self._record(item, seq + 1)
            if isinstance(record, Event | Undecodable):
                seq = record.seq
            at = record.at
            recorder.write(masker.record(record))
        if self._left_out:
            why = f"{self._left_out} records more were not remembered: there was no more room"
            recorder.write(Unjudged(at, Sender.SERVER, 0, why))
        for one in masker.kept(findings):
            recorder.write(one)

    def _record(self, item: Record | Message, seq: int) -> Record:
        if isinstance(item, tuple) and not isinstance(item, Event):
            return decode(self._pack, item[0], seq, item[1], item[2])
        return item


def _size(item: Record | Message) -> int:
    if isinstance(item, Event):
        return item.size
    if isinstance(item, tuple):
        return len(item[0])
    return len(item.data) if isinstance(item, Undecodable) else 0
