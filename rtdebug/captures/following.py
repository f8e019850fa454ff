"""Reads a capture of ours while it is being written: each time it is asked, what is new."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from rtdebug.captures.decoding import decode, load_view
from rtdebug.captures.jsonl import MARK, VERSION, loads
from rtdebug.captures.looks import looks_like_own
from rtdebug.captures.reading import Reading
from rtdebug.captures.sources import LINE_CAP
from rtdebug.errors import UnreadableError
from rtdebug.model.records import Closed, Event, Probing, Record, Refused, Undecodable

_BLOCK = 1 << 18


class Follower:
    """One capture. ``reading`` is None until its first line is whole; ``over`` when the connection
    has ended and nothing can follow."""

    def __init__(self, path: Path) -> None:
        self.reading: Reading | None = None
        self.over = False
        self._path = path
        self._file = _opened(path)
        self._rest = b""
        self._probed = False  # what follows is not of the session
        self._torn = 0  # whole lines that are no record

    def read(self) -> list[Record]:
        """The records of the lines that have become whole, of at most some hundred kilobytes.

        Raises UnreadableError when this is no capture of ours.
        """
        block = self._file.read(_BLOCK)
        if not block:
            return []
        lines = (self._rest + block).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > LINE_CAP:
            self._rest = b""
            self._torn += 1
        if lines and self.reading is None:
            self.reading = self._begun(lines.pop(0))
        return [record for line in lines if line.strip() for record in self._records(line)]

    def finish(self) -> None:
        """Nothing more is read; what was left out is noted."""
        if self._torn and self.reading is not None:
            self.reading.notes.append(f"{self._torn} lines are no records and left out")

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _begun(self, line: bytes) -> Reading:
        if not looks_like_own(line):
            raise UnreadableError(
                f"{self._path}: only captures of rtdebug can be followed, and this is none",
                "leave --follow out to see what is in it",
            )
        header = loads(line)
        if header.get(MARK) != VERSION:
            raise UnreadableError(
                f"{self._path}: a capture of version {header.get(MARK)!r}; this rtdebug follows "
                f"{VERSION}",
                "follow it with the version of rtdebug that writes it",
            )
        pack, started, url = (header.get(key) for key in ("pack", "started", "url"))
        return Reading(
            "rtdebug capture",
            (),
            load_view(header.get("view")),
            started=started if isinstance(started, str) else None,
            pack_hint=pack if isinstance(pack, str) else None,
            url=url if isinstance(url, str) else None,
            header=header,
        )

    def _records(self, line: bytes) -> list[Record]:
        record = decode(line)
        if record is None:
            self._torn += 1
            return []
        self.over = self.over or isinstance(record, Closed | Refused)
        self._probed = self._probed or isinstance(record, Probing)
        beside = self._probed and isinstance(record, Event | Undecodable)
        return [] if beside else [record]


def _opened(path: Path) -> BinaryIO:
    try:
        if path.is_dir():
            raise UnreadableError(f"{path}: this is a folder", "name a capture in it")
        return path.open("rb")
    except OSError as error:
        raise UnreadableError(
            f"{path}: cannot be read: {error.strerror or error}", "check the name"
        ) from None
