"""Our own capture format: one header line, then one line a record.

``{"rtdebug_capture": 1, "started": ..., "pack": ..., "url": ...}`` and then, for an event,
``{"seq": 1, "at": 0.012, "from": "server", "event": {...}}``. Any prefix of whole lines is a
capture. The published schema is ``schemas/rtdebug/capture.schema.json``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import orjson

from rtdebug.captures.names import type_of
from rtdebug.model.records import (
    Clock,
    Closed,
    Ended,
    Event,
    Opened,
    Record,
    Refused,
    Remark,
    Sender,
    Step,
    Undecodable,
    View,
)

VERSION = 1
MARK = "rtdebug_capture"

AudioFields: TypeAlias = Mapping[str, str]
"""Event type -> the field of it that holds base64 audio."""

NO_AUDIO_FIELDS: AudioFields = {}

UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Version -> what turns a line of that version into one of the next."""


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


def encode(record: Record, audio: AudioFields = NO_AUDIO_FIELDS) -> bytes:
    """``record`` as one line with its newline; payload fields named by ``audio`` are replaced by
    their length and hash."""
    if isinstance(record, Event):
        if audio and record.type in audio:
            return _encode_silenced(record, audio[record.type])
        return _encode_event(record)
    return dumps(_fields(record)) + b"\n"


def _encode_event(event: Event) -> bytes:
    text = event.text
    start = f'{{"seq": {event.seq}, "at": {event.at!r}, "from": "{event.sender.value}", '
    body = _embedded(text) if event.whole and text is not None else b""
    if not body:
        body = dumps(event.payload)
        start += "" if event.whole else '"whole": false, '
        rewritten = text is not None and event.size != len(body)
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
            return {"at": record.at, "opened": body}
        case Refused():
            body = {
                "step": record.step.value, "text": record.text, "url": record.url,
                "status": record.status, "headers": record.headers, "body": record.body,
            }  # fmt: skip
            return {"at": record.at, "refused": body}
        case Closed():
            by = record.sender.value if record.sender else None
            body = {"code": record.code, "reason": record.reason, "by": by}
            return {"at": record.at, "closed": body}
        case Ended():
            return {"at": record.at, "ended": {"reason": record.reason, "waited": record.waited}}
        case Remark():
            return {"at": record.at, "remark": {"text": record.text, "line": record.line}}
        case Event():
            return {"seq": record.seq, "at": record.at, "from": record.sender.value}


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


def decode(line: bytes) -> Record | None:
    """The record of one line; None when the line is no record of this format."""
    try:
        fields = loads(line)
    except ValueError:
        return None
    return record_of(fields, line) if isinstance(fields, dict) else None


def record_of(fields: dict[str, Any], line: bytes = b"") -> Record | None:
    """The record that ``fields`` (one line, parsed) hold; None when they hold none."""
    try:
        return _record_of(fields, line)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _record_of(fields: dict[str, Any], line: bytes) -> Record | None:
    at = _number(fields["at"])
    if "event" in fields:
        return _event(fields, at, line)
    if "text" in fields or "binary" in fields:
        data: str | bytes = (
            base64.b64decode(fields["binary"]) if "binary" in fields else str(fields["text"])
        )
        reason = str(fields.get("reason") or "not an event of the protocol")
        return Undecodable(int(fields["seq"]), at, Sender(fields["from"]), data, reason)
    return _milestone(fields, at)


def _milestone(fields: dict[str, Any], at: float) -> Record | None:
    if "opened" in fields:
        body = fields["opened"]
        headers = _pairs(body.get("headers"))
        return Opened(at, body.get("url"), body.get("subprotocol"), headers, body["status"])
    if "refused" in fields:
        body = fields["refused"]
        return Refused(
            at, Step(body["step"]), str(body["text"]), body.get("url"), body.get("status"),
            _pairs(body.get("headers")), str(body.get("body") or ""),
        )  # fmt: skip
    if "closed" in fields:
        body = fields["closed"]
        by = Sender(body["by"]) if body.get("by") else None
        return Closed(at, int(body["code"]), str(body.get("reason") or ""), by)
    if "ended" in fields:
        body = fields["ended"]
        return Ended(at, str(body["reason"]), _number(body.get("waited", 0.0)))
    if "remark" in fields:
        body = fields["remark"]
        return Remark(at, str(body["text"]), int(body.get("line", 0)))
    return None


def _event(fields: dict[str, Any], at: float, line: bytes) -> Event | None:
    payload = fields["event"]
    kind = type_of(payload) if isinstance(payload, dict) else None
    if kind is None:
        return None
    if "audio" in fields:
        return _restored(fields, at, kind)
    start = line.find(b'"event": ') + 9 if line.startswith(b'{"seq": ') else 0
    body = line[start : line.rindex(b"}")] if start > 9 else dumps(payload)
    whole = fields.get("whole", True) is not False
    text = body.decode() if start > 9 and whole else None
    size = int(fields.get("size", len(body)))
    return Event(int(fields["seq"]), at, Sender(fields["from"]), kind, payload, size, text, whole)


def _restored(fields: dict[str, Any], at: float, kind: str) -> Event:
    """An event whose audio was left out, with a stand-in of the same length: its hash over and
    over, so that lengths and durations are judged as they were."""
    left_out = fields["audio"]
    chars, digest = int(left_out["chars"]), str(left_out["sha256"]) or "0"
    stand_in = (digest * (chars // len(digest) + 1))[:chars]
    payload = {**fields["event"], str(left_out["field"]): stand_in}
    size = int(left_out.get("size", 0))
    return Event(int(fields["seq"]), at, Sender(fields["from"]), kind, payload, size)


def dump_view(view: View) -> dict[str, Any]:
    """``view`` as JSON values."""
    return {
        "clock": view.clock.value, "from_start": view.from_start, "to_end": view.to_end,
        "senders": sorted(view.senders), "whole": view.whole, "hidden": sorted(view.hidden),
    }  # fmt: skip


def load_view(fields: Any) -> View:
    """The view a header tells of; what it leaves out or spells wrong is as in a live session."""
    if not isinstance(fields, dict):
        return View()
    try:
        return View(
            Clock(fields.get("clock", Clock.EXACT)),
            bool(fields.get("from_start", True)),
            bool(fields.get("to_end", True)),
            frozenset(Sender(name) for name in fields.get("senders", Sender)),
            bool(fields.get("whole", True)),
            frozenset(str(name) for name in fields.get("hidden", ())),
        )
    except (TypeError, ValueError):
        return View()


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"expected a number, got {value!r}")
    return value if isinstance(value, float) else float(value)


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(content)) for name, content in value or ())
