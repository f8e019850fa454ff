"""Our own capture format: one header line, then one line a record.

``{"rtdebug_capture": 1, "started": ..., "pack": ..., "url": ...}`` and then, for an event,
``{"seq": 1, "at": 0.012, "from": "server", "event": {...}}``. Any prefix of whole lines is a
capture. The published schema is ``schemas/rtdebug/capture.schema.json``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, TypeAlias

import orjson

from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Opened,
    Record,
    Refused,
    Remark,
    Undecodable,
    View,
)

VERSION = 1
MARK = "rtdebug_capture"

AudioFields: TypeAlias = Mapping[str, str]
"""Event type -> the field of it that holds base64 audio."""

NO_AUDIO_FIELDS: AudioFields = {}


def header_line(
    *,
    pack: str | None = None,
    url: str | None = None,
    started: str | None = None,
    patience: float | None = None,
    ignore: tuple[str, ...] = (),
    view: View | None = None,
) -> bytes:
    """The first line of a capture. ``patience`` (seconds) and ``ignore`` make a replay judge as
    the live run did; ``view`` is written where the records come from a log that shows less."""
    fields: dict[str, Any] = {MARK: VERSION, "started": started, "pack": pack, "url": url}
    if patience is not None:
        fields["patience"] = patience
    fields["ignore"] = list(ignore)
    if view is not None:
        fields["view"] = dump_view(view)
    return dumps(fields) + b"\n"


def encode(record: Record, audio: AudioFields = NO_AUDIO_FIELDS, *, bare: bool = False) -> bytes:
    """``record`` as one line with its newline; payload fields named by ``audio`` are replaced by
    their length and hash. ``bare`` marks an error that an imported log shows without its event."""
    if isinstance(record, Event):
        if audio and record.type in audio:
            return _encode_silenced(record, audio[record.type])
        return _encode_event(record, bare)
    return dumps(_fields(record)) + b"\n"


def _encode_event(event: Event, bare: bool = False) -> bytes:
    text = event.text
    start = f'{{"seq": {event.seq}, "at": {event.at!r}, "from": "{event.sender.value}", '
    body = _embedded(text) if event.whole and text is not None else b""
    if not body:
        body = dumps(event.payload)
        start += "" if event.whole else '"whole": false, '
        start += '"bare": true, ' if bare else ""
        known = text is not None or (event.whole and event.size > 0)
        rewritten = known and event.size != len(body)
        start += f'"size": {event.size}, ' if rewritten else ""
    return b'%b"event": %b}\n' % (start.encode(), body)


def _embedded(text: str | bytes) -> bytes:
    """The message as it was where it can stand in a line of UTF-8, else nothing."""
    try:
        data = text.encode() if isinstance(text, str) else text
        if b"\n" in data or b"\r" in data:
            return b""
        if isinstance(text, bytes):
            text.decode()
    except UnicodeError:
        return b""
    return data


def _encode_silenced(event: Event, field: str) -> bytes:
    value = event.payload.get(field)
    if not isinstance(value, str):
        return _encode_event(event)
    from hashlib import sha256

    digest = sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    silenced = {"field": field, "chars": len(value), "sha256": digest, "size": event.size}
    line = {
        "seq": event.seq, "at": event.at, "from": event.sender.value, "audio": silenced,
        "event": {**event.payload, field: ""},
    }  # fmt: skip
    return dumps(line) + b"\n"


def _fields(record: Record) -> dict[str, Any]:
    match record:
        case Undecodable():
            line: dict[str, Any] = {
                "seq": record.seq, "at": record.at, "from": record.sender.value,
            }  # fmt: skip
            if isinstance(record.data, bytes):
                line["binary"] = base64.b64encode(record.data).decode()
            else:
                line["text"] = record.data
            return {**line, "reason": record.reason}
        case Opened():
            body: dict[str, Any] = {
                "url": record.url, "subprotocol": record.subprotocol,
                "headers": record.headers, "status": record.status,
            }  # fmt: skip
            return {"at": record.at, "opened": _with_transport(body, record)}
        case Refused():
            body = {
                "step": record.step.value, "text": record.text, "url": record.url,
                "status": record.status, "headers": record.headers, "body": record.body,
            }  # fmt: skip
            return {"at": record.at, "refused": _with_transport(body, record)}
        case Closed():
            by = record.sender.value if record.sender else None
            body = {"code": record.code, "reason": record.reason, "by": by}
            return {"at": record.at, "closed": _with_transport(body, record)}
        case Ended():
            return {"at": record.at, "ended": {"reason": record.reason, "waited": record.waited}}
        case Remark():
            return {"at": record.at, "remark": {"text": record.text, "line": record.line}}
        case Event():
            return {"seq": record.seq, "at": record.at, "from": record.sender.value}


def _with_transport(body: dict[str, Any], record: Opened | Refused | Closed) -> dict[str, Any]:
    return {**body, "transport": record.transport} if record.transport else body


def dumps(value: object) -> bytes:
    """JSON on one line; what orjson refuses (surrogates, huge numbers) goes through json."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return json.dumps(value, default=str).encode()


def loads(line: bytes) -> Any:
    """One JSON value; what orjson refuses (NaN, lone surrogates) goes through json.

    Raises ValueError when it is no JSON, whatever it is instead.
    """
    try:
        return orjson.loads(line)
    except ValueError:
        try:
            return json.loads(line)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def dump_view(view: View) -> dict[str, Any]:
    """``view`` as JSON values."""
    return {
        "clock": view.clock.value, "from_start": view.from_start, "to_end": view.to_end,
        "senders": sorted(view.senders), "whole": view.whole, "hidden": sorted(view.hidden),
        "selective": view.selective, "trimmed": view.trimmed,
    }  # fmt: skip
