"""The connections of a log that is too large to be held, one after the other.

Whoever shows or converts connections takes them in turn, while the log interleaves them: they are
written apart to an unnamed temporary file first.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from os import SEEK_END
from typing import IO
from weakref import finalize

from rtdebug.captures.decoding import decode
from rtdebug.captures.jsonl import encode
from rtdebug.captures.reading import Reading
from rtdebug.captures.viewing import begins_here, ends
from rtdebug.model.records import Event, Record
from rtdebug.model.value import replace

_HEAD = 50
_BLOCK = 1 << 16


@dataclass(slots=True)
class _Strand:
    """What was written of one connection: where, and what does not fill a block yet."""

    head: list[Record] = field(default_factory=list)
    last: Record | None = None
    blocks: list[tuple[int, int]] = field(default_factory=list)
    rest: bytearray = field(default_factory=bytearray)


def each_apart(readings: list[Reading]) -> list[Reading]:
    """The same connections, each a reading of its own."""
    return [one for reading in readings for one in _apart(reading)]


def _apart(reading: Reading) -> list[Reading]:
    strands = reading.several
    if strands is None:
        return [reading]
    spool = _Spool()
    written: dict[str, _Strand] = {}
    for name, record in strands:
        one = written.setdefault(name, _Strand())
        bare = isinstance(record, Event) and record.seq in strands.assemblers[name].bare
        one.rest += encode(record, bare=bare)
        one.last = record
        if len(one.head) < _HEAD:
            one.head.append(record)
        if len(one.rest) >= _BLOCK:
            spool.write(one)
    found = []
    for name in strands.names:
        one, view = written[name], reading.view
        begins = begins_here(one.head, selective=view.selective)
        to_end = one.last is not None and ends([one.last])
        own = Reading(
            reading.format, (), replace(view, from_start=begins, to_end=to_end), name=name,
            started=strands.assemblers[name].started, bare=strands.assemblers[name].bare,
        )  # fmt: skip
        spool.write(one)
        own.records = spool.read(one.blocks)
        strands.unread[name].into(own)
        found.append(own)
    found[0].notes.extend(reading.notes)
    return found


class _Spool:
    """The file; it is closed when nobody reads in it any more."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        finalize(self, self._file.close)

    def write(self, one: _Strand) -> None:
        self._file.seek(0, SEEK_END)
        one.blocks.append((self._file.tell(), len(one.rest)))
        self._file.write(one.rest)
        one.rest = bytearray()

    def read(self, blocks: list[tuple[int, int]]) -> Iterator[Record]:
        for start, length in blocks:
            self._file.seek(start)
            for line in self._file.read(length).split(b"\n"):
                record = decode(line) if line else None
                if record is not None:
                    yield record
