"""Writes the records of one connection as a HAR, the way Chrome exports WebSocket messages."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from rtdebug.captures.jsonl import dumps
from rtdebug.captures.stamps import iso, stamp_of
from rtdebug.model.records import Closed, Event, Opened, Record, Refused, Sender, Undecodable

_TEXT, _BINARY = 1, 2


def write_har(records: Iterable[Record], *, url: str | None = None, started: str | None = None,
              version: str = "") -> str:  # fmt: skip
    """A HAR of one connection, as Chrome exports it. ``started`` is the wall clock of ``at`` 0."""
    start = stamp_of(started)
    epoch = start.seconds if start else 0.0
    messages: list[dict[str, Any]] = []
    entry: dict[str, Any] = {
        "_resourceType": "websocket", "_webSocketMessages": messages,
        "startedDateTime": iso(epoch), "time": 0, "timings": {"send": 0, "wait": 0, "receive": 0},
        "request": _request(url, ()), "response": _response(101, ()), "cache": {},
    }  # fmt: skip
    for record in records:
        entry["time"] = record.at * 1000
        match record:
            case Event() | Undecodable():
                messages.append(_written(record, epoch))
            case Opened():
                entry["request"] = _request(record.url or url, record.headers)
                chosen = record.subprotocol
                entry["response"] = _response(
                    101, (("Sec-WebSocket-Protocol", chosen),) if chosen else ()
                )
            case Refused():
                entry["request"] = _request(record.url or url, ())
                entry["response"] = _response(record.status or 0, record.headers, record.body)
            case Closed():
                by = record.sender.value if record.sender else None
                entry["_webSocketClose"] = {
                    "code": record.code, "reason": record.reason, "by": by,
                }  # fmt: skip
            case _:
                pass
    creator = {"name": "rtdebug", "version": version}
    log = {"version": "1.2", "creator": creator, "pages": [], "entries": [entry]}
    return dumps({"log": log}).decode()


def _written(record: Event | Undecodable, epoch: float) -> dict[str, Any]:
    way = "send" if record.sender is Sender.CLIENT else "receive"
    data = record.data if isinstance(record, Undecodable) else record.text
    opcode = _TEXT
    if data is None:
        assert isinstance(record, Event)
        data = dumps(record.payload).decode()
    elif isinstance(data, bytes):
        raw = data
        try:
            data = raw.decode()
        except UnicodeDecodeError:
            data, opcode = base64.b64encode(raw).decode(), _BINARY
    return {"type": way, "time": round(epoch + record.at, 6), "opcode": opcode, "data": data}


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
