"""What a HAR of ours holds beyond what browsers write, so that it replays as it was recorded.

The archive format lets a tool add fields whose names begin with an underscore. ``_rtdebug`` of an
entry is the header of the capture and what is no message; ``_rtdebug`` of a message is its number,
its time and what else its text does not say.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from rtdebug.captures.decoding import load_view, record_of
from rtdebug.captures.jsonl import VERSION, dump_view, encode, loads
from rtdebug.captures.reading import Reading
from rtdebug.model.records import Event, MaskedPayload, Record, Undecodable

OURS = "_rtdebug"


def entry_fields(
    reading: Reading, pack: str | None, others: list[tuple[int, Record]]
) -> dict[str, Any]:
    """The field of an entry. ``others`` are the records that are no messages, each with how many
    messages came before it; ``pack`` is the one they were judged by, where the log did not say."""
    header = reading.header
    return {
        "version": VERSION,
        "started": reading.started,
        "pack": reading.pack_hint or pack,
        "url": reading.url,
        "patience": header.get("patience"),
        "ignore": header.get("ignore", []),
        "view": dump_view(reading.view),
        "records": [{"after": after, **loads(encode(record))} for after, record in others],
    }


def message_fields(record: Event | Undecodable, size: int, *, bare: bool) -> dict[str, Any]:
    """The field of a message; ``size`` is that of its text as the archive holds it."""
    fields: dict[str, Any] = {"seq": record.seq, "at": record.at}
    if isinstance(record, Undecodable):
        return {**fields, "reason": record.reason}
    if not record.whole:
        fields["whole"] = False
    if isinstance(record.payload, MaskedPayload):
        fields["masked"] = list(record.payload.pointers)
    if bare:
        fields["bare"] = True
    if record.size != size:
        fields["size"] = record.size
    return fields


def read_ours(entry: dict[str, Any], messages: Iterable[Any], url: str) -> Reading | None:
    """The reading of an entry that was written here; None where it was not, or was edited since so
    that it is no longer what was written."""
    fields = entry.get(OURS)
    if not isinstance(fields, dict) or fields.get("version") != VERSION:
        return None
    reading = Reading(
        "HAR", (), load_view(fields.get("view")), url=url,
        started=_text(fields, "started"), pack_hint=_text(fields, "pack"), header=fields,
    )  # fmt: skip
    try:
        records = _merged(fields["records"], messages, reading)
        reading.records = list(records) if isinstance(messages, list | tuple) else records
    except (KeyError, TypeError, ValueError):
        return None
    return reading


def _merged(others: list[Any], messages: Iterable[Any], reading: Reading) -> Iterator[Record]:
    waiting = deque(sorted(others, key=lambda one: int(one["after"])))
    for number, message in enumerate(messages):
        while waiting and waiting[0]["after"] <= number:
            yield _other(waiting.popleft())
        record = _message(message)
        if message[OURS].get("bare"):
            reading.bare.add(record.seq)
        yield record
    while waiting:
        yield _other(waiting.popleft())


def _other(fields: dict[str, Any]) -> Record:
    return _required(record_of(fields))


def _message(message: dict[str, Any]) -> Event | Undecodable:
    sender = "client" if message["type"] == "send" else "server"
    data = message["data"]
    fields = {**message[OURS], "from": sender}
    if "reason" in fields:
        kind = "binary" if message.get("opcode") == 2 else "text"
        record = _required(record_of({**fields, kind: data}))
    else:
        text = data.encode("utf-8", "surrogatepass")
        fields.setdefault("size", len(text))
        record = _required(record_of({**fields, "event": loads(text)}))
    if isinstance(record, Event):
        return record._replace(text=data) if record.whole and "masked" not in fields else record
    if isinstance(record, Undecodable):
        return record
    raise TypeError("a message is an event or is none")


def _required(record: Record | None) -> Record:
    if record is None:
        raise ValueError("no record of a capture")
    return record


def _text(fields: dict[str, Any], key: str) -> str | None:
    value = fields.get(key)
    return value if isinstance(value, str) else None
