"""What the tests of the readers share."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from rtdebug.api.diagnosing import sender_of
from rtdebug.captures.formats import read
from rtdebug.captures.reading import Reading
from rtdebug.model.records import Event, Record, Sender


@dataclass(frozen=True)
class Whole:
    """A reading that has been read to its end."""

    reading: Reading
    records: list[Record]

    @property
    def events(self) -> list[Event]:
        return [record for record in self.records if isinstance(record, Event)]

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Client events, server events, errors without their event."""
        bare = self.reading.bare
        sides = [event.sender for event in self.events if event.seq not in bare]
        return sides.count(Sender.CLIENT), sides.count(Sender.SERVER), len(bare)


ReadLog = Callable[[str | bytes], list[Whole]]


@pytest.fixture(scope="session")
def read_log() -> ReadLog:
    """Reads a log, all of it."""

    def read_whole(log: str | bytes) -> list[Whole]:
        data = log.encode("utf-8", "surrogatepass") if isinstance(log, str) else log
        readings = read(io.BytesIO(data), sender_of=sender_of)
        return [Whole(reading, list(reading.records)) for reading in readings]

    return read_whole


@pytest.fixture(scope="session")
def read_one(read_log: ReadLog) -> Callable[[str | bytes], Whole]:
    """Reads a log of one connection, all of it."""

    def read_single(log: str | bytes) -> Whole:
        (whole,) = read_log(log)
        return whole

    return read_single
