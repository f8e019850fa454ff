"""Our own capture format: one header line, then one line a record.

``{"rtdebug_capture": 1, "started": ..., "pack": ..., "url": ...}`` and then, for an event,
``{"seq": 1, "at": 0.012, "from": "server", "event": {...}}``. Any prefix of whole lines is a
capture. The published schema is ``schemas/rtdebug/capture.schema.json``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import orjson

from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Flawed,
    Found,
    MaskedPayload,
    Opened,
    Paused,
    Probing,
    Record,
    Refused,
    Remark,
    Undecodable,
    Unjudged,
    View,
    Violation,
)

VERSION = 1
MARK = "rtdebug_capture"
BY_US = '"by": "rtdebug", '

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
    if isinstance(event, Flawed) and isinstance(text, str):
        line = {"seq": event.seq, "at": event.at, "from": event.sender.value, "text": text}
        return dumps(line) + b"\n"
    start = f'{{"seq": {event.seq}, "at": {event.at!r}, "from": "{event.sender.value}", '
    start += BY_US if isinstance(event, Probing) else ""
    body = _embedded(text) if event.whole and text is not None else b""
    if not body:
        body = dumps(event.payload)
        start += "" if event.whole else '"whole": false, '
        start += '"bare": true, ' if bare else ""
        known = text is not None or (event.whole and event.size > 0)
        rewritten = known and event.size != len(body)
        start += f'"size": {event.size}, ' if rewritten else ""
        start += masked_at(event.payload)
    return b'%b"event": %b}\n' % (start.encode(), body)


def masked_at(payload: dict[str, Any]) -> str:
    """The member that says where a payload is masked; nothing where it is not."""
    if not isinstance(payload, MaskedPayload):
        return ""
    return f'"masked": {dumps(list(payload.pointers)).decode()}, '


def found_fields(found: Found) -> dict[str, Any]:
    """A finding as JSON values, with all that a replay needs to repeat it."""
    one = found.finding
    body: dict[str, Any] = {name: getattr(one, name) for name in one._fields}
    body["causes"] = [[cause.text, cause.likelihood, cause.test] for cause in one.causes]
    return {"finding": body, **({"withdrawn": True} if found.withdrawn else {})}


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
    if isinstance(event.payload, MaskedPayload):
        return dumps(line | {"masked": list(event.payload.pointers)}) + b"\n"
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
            how = {"how": record.how} if record.how else {}
            return {"at": record.at, "refused": _with_transport({**body, **how}, record)}
        case Closed():
            by = record.sender.value if record.sender else None
            body = {"code": record.code, "reason": record.reason, "by": by}
            return {"at": record.at, "closed": _with_transport(body, record)}
        case Ended():
            return {"at": record.at, "ended": {"reason": record.reason, "waited": record.waited}}
        case Remark():
            return {"at": record.at, "remark": {"text": record.text, "line": record.line}}
        case Violation() | Unjudged() | Paused():
            return {"at": record.at, **_disturbed(record)}
        case Found():
            return {"at": record.at, **found_fields(record)}
        case Event():
            return {"seq": record.seq, "at": record.at, "from": record.sender.value}


def _disturbed(record: Violation | Unjudged | Paused) -> dict[str, Any]:
    """What went wrong below the messages."""
    match record:
        case Violation():
            body = {"by": record.sender.value, "kind": record.kind, "detail": record.detail}
            return {"violation": {**body, **_readable(record)}}
        case Unjudged():
            passed = {"from": record.sender.value, "size": record.size, "why": record.why}
            return {"unjudged": {**passed, **_readable(record)}}
        case Paused():
            return {"paused": {"seconds": record.seconds}}


def _readable(record: Violation | Unjudged) -> dict[str, Any]:
    """What is said of what comes behind it; nothing where it is as one would think."""
    usual = isinstance(record, Unjudged)
    return {} if record.readable is usual else {"readable": record.readable}


def _with_transport(body: dict[str, Any], record: Opened | Refused | Closed) -> dict[str, Any]:
    return {**body, "transport": record.transport} if record.transport else body


def dumps(value: object) -> bytes:
    """JSON on one line; what orjson refuses (surrogates, huge numbers) goes through json."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        try:
            return json.dumps(value, default=str).encode()
        except RecursionError:  # nested as deep as can just be read
            return "".join(_written(value)).encode()


def _written(value: object) -> Iterator[str]:
    """JSON in pieces, however deep it is nested."""
    waiting: list[object] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, _Sign):
            yield one
        elif isinstance(one, dict):
            waiting.append(_Sign("}"))
            for number, (key, inner) in enumerate(reversed(one.items())):
                comma = "" if number == len(one) - 1 else ", "
                waiting += (inner, _Sign(f"{comma}{json.dumps(str(key))}: "))
            yield "{"
        elif isinstance(one, list | tuple):
            waiting.append(_Sign("]"))
            for number, inner in enumerate(reversed(one)):
                waiting += (inner, _Sign("" if number == len(one) - 1 else ", "))
            yield "["
        else:
            yield json.dumps(one, default=str)


class _Sign(str):
    """A piece of JSON that is written as it stands."""

    __slots__ = ()


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
