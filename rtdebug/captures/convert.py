"""Turns a reading into another format: our own capture, or HAR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rtdebug.captures.jsonl import encode, header_line
from rtdebug.captures.reading import Reading
from rtdebug.model.records import Event


def to_jsonl(reading: Reading, *, pack: str | None = None) -> Iterator[bytes]:
    """The lines of a capture of ours that replays as ``reading`` would. ``pack`` is the one that
    its records were judged by, where the log did not say."""
    header = reading.header
    patience = header.get("patience")
    yield header_line(
        pack=reading.pack_hint or pack,
        url=reading.url,
        started=reading.started,
        patience=patience if isinstance(patience, int | float) else None,
        ignore=tuple(str(name) for name in header.get("ignore", ())),
        view=reading.view,
    )
    for record in reading.records:
        yield encode(record, bare=isinstance(record, Event) and record.seq in reading.bare)


def to_har(readings: Iterable[tuple[Reading, str | None]], *, version: str = "") -> Iterator[bytes]:
    """A HAR of connections, each with the pack that its records were judged by; ``version`` is the
    program's, for the file's ``creator``."""
    from rtdebug.captures.har_writer import write_har

    return write_har(readings, version)
