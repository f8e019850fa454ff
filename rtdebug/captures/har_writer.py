"""Writes connections as a HAR, the way Chrome exports WebSocket messages, a message a line."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import Any

from rtdebug.captures.har_fields import OURS, entry_fields, message_fields
from rtdebug.captures.jsonl import dumps
from rtdebug.captures.reading import Reading
from rtdebug.captures.stamps import iso, stamp_of
from rtdebug.model.records import Closed, Event, Opened, Record, Refused, Sender, Undecodable

_TEXT, _BINARY = 1, 2


def write_har(readings: Iterable[tuple[Reading, str | None]], version: str) -> Iterator[bytes]:
    """A HAR of connections, each with the pack it was judged by, piece by piece. ``version`` is
    the program's."""
    creator = dumps({"name": "rtdebug", "version": version})
    yield b'{"log": {"version": "1.2", "creator": %b, "pages": [], "entries": [\n' % creator
    for number, (reading, pack) in enumerate(readings):
        yield from _entry(reading, pack, b",\n" if number else b"")
    yield b"]}}\n"


def _entry(reading: Reading, pack: str | None, comma: bytes) -> Iterator[bytes]:
    start = stamp_of(reading.started)
    epoch = start.seconds if start else 0.0
    url, at, messages = reading.url, 0.0, 0
    others: list[tuple[int, Record]] = []
    yield comma + b'{"_resourceType": "websocket", "_webSocketMessages": [\n'
    for record in reading.records:
        at = max(at, record.at)
        if isinstance(record, Event | Undecodable):
            bare = record.seq in reading.bare
            yield (b",\n" if messages else b"") + dumps(_written(record, epoch, bare=bare))
            messages += 1
        else:
            others.append((messages, record))
    entry: dict[str, Any] = {
        "startedDateTime": iso(epoch), "time": at * 1000,
        "timings": {"send": 0, "wait": 0, "receive": at * 1000}, "cache": {},
        "request": _request(url, ()), "response": _response(101, ()),
        OURS: entry_fields(reading, pack, others),
    }  # fmt: skip
    for _, other in others:
        entry.update(_told(other, url))
    yield b"\n], " + dumps(entry)[1:]


def _told(record: Record, url: str | None) -> dict[str, Any]:
    """What the fields of an archive say of a record that is no message."""
    match record:
        case Opened():
            chosen = record.subprotocol
            answered = (("Sec-WebSocket-Protocol", chosen),) if chosen else ()
            return {
                "request": _request(record.url or url, record.headers),
                "response": _response(101, answered),
            }
        case Refused():
            return {
                "request": _request(record.url or url, ()),
                "response": _response(record.status or 0, record.headers, record.body),
            }
        case Closed():
            by = record.sender.value if record.sender else None
            return {"_webSocketClose": {"code": record.code, "reason": record.reason, "by": by}}
        case _:
            return {}


def _written(record: Event | Undecodable, epoch: float, *, bare: bool) -> dict[str, Any]:
    way = "send" if record.sender is Sender.CLIENT else "receive"
    opcode = _TEXT
    if isinstance(record, Event):
        data = _text_of(record)
    elif isinstance(record.data, bytes):
        data, opcode = base64.b64encode(record.data).decode(), _BINARY
    else:
        data = record.data
    size = len(data) if data.isascii() else len(data.encode("utf-8", "surrogatepass"))
    return {
        "type": way, "time": round(epoch + record.at, 6), "opcode": opcode, "data": data,
        OURS: message_fields(record, size, bare=bare),
    }  # fmt: skip


def _text_of(event: Event) -> str:
    text = event.text if event.whole else None
    try:
        text = text.decode() if isinstance(text, bytes) else text
    except UnicodeDecodeError:
        text = None
    return dumps(event.payload).decode() if text is None else text


def _request(url: str | None, headers: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {
        "method": "GET", "url": url or "", "httpVersion": "HTTP/1.1", "headers": _listed(headers),
        "queryString": [], "cookies": [], "headersSize": -1, "bodySize": 0,
    }  # fmt: skip


def _response(status: int, headers: tuple[tuple[str, str], ...], body: str = "") -> dict[str, Any]:
    return {
        "status": status, "statusText": "Switching Protocols" if status == 101 else "",
        "httpVersion": "HTTP/1.1", "headers": _listed(headers), "cookies": [],
        "content": {"size": len(body), "mimeType": "x-unknown", "text": body},
        "redirectURL": "", "headersSize": -1, "bodySize": -1,
    }  # fmt: skip


def _listed(headers: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]
