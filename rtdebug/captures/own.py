"""Reads our own captures, of any size, as a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from operator import itemgetter
from typing import Any, BinaryIO

import orjson

from rtdebug.captures.completeness import shows_all
from rtdebug.captures.decoding import BARE, UPGRADES, decode, load_view, record_of
from rtdebug.captures.jsonl import MARK, VERSION, dumps, loads
from rtdebug.captures.names import NameOf, type_of
from rtdebug.captures.probed import behind_probe
from rtdebug.captures.reading import Reading
from rtdebug.captures.sources import line_batches, size_of, tail_lines
from rtdebug.captures.viewing import starts
from rtdebug.errors import RtdebugError, UnreadableError
from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Found,
    Opened,
    Probing,
    Record,
    Refused,
    Sender,
    Undecodable,
    View,
)
from rtdebug.model.value import replace
from rtdebug.packs.load import load_pack
from rtdebug.packs.pack import ONE_KEY, Pack

_SENDERS = {sender.value: sender for sender in Sender}
_pick = itemgetter("seq", "at", "from", "event")
_EVENT_KEYS = 4
_HEAD = 1 << 18
KEEP_TEXT = 8 << 20
"""Up to this size events keep the text they came in; beyond it nobody looks at it again."""


def read_own(name: str, stream: BinaryIO, pack: Pack | None = None) -> Reading:
    """The reading of a capture whose header has been seen. Messages are named by ``pack``, else by
    the pack that wrote it.

    Raises UnreadableError when a newer rtdebug wrote it.
    """
    first = stream.readline()
    header: dict[str, Any] = loads(first)
    version = header[MARK]
    if isinstance(version, bool) or not isinstance(version, int) or not 0 < version <= VERSION:
        raise UnreadableError(
            f"{name}: a capture of version {version!r}; this rtdebug reads up to {VERSION}",
            "update rtdebug, or convert the capture with the version that wrote it",
        )
    for step in range(version, VERSION):
        header = UPGRADES[step](header)
    reading = Reading(
        "rtdebug capture", (), _view(header, stream), started=_text(header, "started"),
        pack_hint=_text(header, "pack"), url=_text(header, "url"), header=header,
    )  # fmt: skip
    batches = line_batches(stream)
    pack = pack or _written_by(reading.pack_hint)
    if version < VERSION:
        reading.records = _upgraded(batches, version)
    else:
        reading.records = _records(batches, size_of(stream) <= KEEP_TEXT, reading, pack)
    return reading


def _view(header: dict[str, Any], stream: BinaryIO) -> View:
    """What the capture shows: all, up to its end, which only a close or an end proves."""
    view = load_view(header.get("view"))
    if "view" in header:  # an imported log says itself what it shows
        return view
    return replace(_from_its_beginning(view, stream), to_end=view.to_end and _ends(stream))


def _from_its_beginning(view: View, stream: BinaryIO) -> View:
    """What a capture shows that may have lost its first lines: it begins with the opening of the
    connection, or it is like any other log, of which nobody knows what was before."""
    here = stream.tell()
    lines = stream.read(_HEAD).splitlines()
    stream.seek(here)
    head = [record for line in lines if (record := decode(line)) is not None]
    if not head or isinstance(head[0], Opened | Refused):
        return view
    first = next((one.seq for one in head if isinstance(one, Event | Undecodable)), 1)
    begun = first == 1 and starts(head)
    return replace(view, from_start=begun, selective=not shows_all(head), trimmed=False)


def _ends(stream: BinaryIO) -> bool:
    for line in reversed(tail_lines(stream)):
        try:
            fields = loads(line)
        except ValueError:
            continue
        record = record_of(fields, line) if isinstance(fields, dict) else None
        if isinstance(record, Found):  # it may be told of the whole, behind the end
            continue
        return isinstance(record, Closed | Ended | Refused)
    return False


def _written_by(name: str | None) -> Pack | None:
    """The pack a capture names, where it is at hand."""
    try:
        return load_pack(name) if name is not None else None
    except RtdebugError:
        return None


def _naming(pack: Pack | None) -> tuple[str, NameOf]:
    """The member that names nearly all messages, and what names the others."""
    if pack is None or (pack.naming.field == "type" and not pack.naming.keys):
        return "type", type_of

    def name_of(payload: Mapping[str, Any]) -> str | None:
        return pack.name_of(payload) or type_of(payload)

    return pack.naming.field or ONE_KEY, name_of


def _records(
    batches: Iterator[list[bytes]], keep_text: bool, reading: Reading, pack: Pack | None
) -> Iterator[Record]:
    """Every record in order. This loop is what a large capture costs: nothing is done twice.

    In the layout that is written here the event is the second object of its line and the last
    thing in it, before a brace and the newline, so its bytes need no search.
    """
    loads_line, pick, senders, make = orjson.loads, _pick, _SENDERS, tuple.__new__
    number, lost = 1, []
    field, name_of = _naming(pack)
    for batch in batches:
        skim = None if keep_text else reading.skim
        lines = iter(batch)
        for line in lines:
            number += 1
            try:
                fields = loads_line(line)
                seq, at, by, payload = pick(fields)
                kind = payload[field]
                if (
                    seq.__class__ is int
                    and at.__class__ is float
                    and len(fields) == _EVENT_KEYS
                    and not keep_text
                ):
                    size = len(line) - line.find(b"{", 1) - 2
                    if skim is not None and by == "server":
                        if skim(kind, payload, seq, at, size):
                            continue
                    if kind.__class__ is str:
                        yield make(Event, (seq, at, senders[by], kind, payload, size, None, True))
                        skim = reading.skim  # another session's, where this event began one
                        continue
            except (KeyError, TypeError, ValueError):
                pass  # no event, or a torn line: looked at below
            record = decode(line.rstrip(b"\n"), name_of)
            if isinstance(record, Probing):
                rest = chain(lines, chain.from_iterable(batches))
                yield from behind_probe(record, rest, name_of, pack, reading.notes)
                break
            if record is not None:
                if isinstance(record, Event) and not record.whole and BARE in line:
                    reading.bare.add(record.seq)
                yield record
                skim = None if keep_text else reading.skim
            elif line.strip():
                lost.append(number)
    reading.notes.extend(_lost(lost, number))


def _upgraded(batches: Iterable[list[bytes]], version: int) -> Iterator[Record]:
    """The records of a capture of an older version; lines that hold none are passed over."""
    for batch in batches:
        for line in batch:
            try:
                fields = loads(line)
            except ValueError:
                continue
            if isinstance(fields, dict):
                for step in range(version, VERSION):
                    fields = UPGRADES[step](fields)
                record = record_of(fields, dumps(fields))
                if record is not None:
                    yield record


def _lost(lines: list[int], last: int) -> list[str]:
    if not lines:
        return []
    if lines == [last]:
        return [f"line {last} is torn (the last one was not written whole) and left out"]
    shown = ", ".join(str(line) for line in lines[:10])
    more = f" and {len(lines) - 10} more" if len(lines) > 10 else ""
    return [f"{len(lines)} lines are no records of a capture and left out: {shown}{more}"]


def _text(header: dict[str, Any], key: str) -> str | None:
    value = header.get(key)
    return value if isinstance(value, str) else None
