"""Turns a line of our own captures back into its record."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from rtdebug.captures.jsonl import dumps, loads
from rtdebug.captures.names import NameOf, type_of
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import (
    Clock,
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
    Sender,
    Step,
    Undecodable,
    Unjudged,
    View,
    Violation,
)

UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Version -> what turns a line of that version into one of the next."""

BARE = b'"bare": true'
"""What marks an error that an imported log showed without its event."""


def decode(line: bytes, name_of: NameOf = type_of) -> Record | None:
    """The record of one line; None when the line is no record of this format."""
    try:
        fields = loads(line)
    except ValueError:
        return None
    return record_of(fields, line, name_of) if isinstance(fields, dict) else None


def record_of(
    fields: dict[str, Any], line: bytes = b"", name_of: NameOf = type_of
) -> Record | None:
    """The record that ``fields`` (one line, parsed) hold; None when they hold none."""
    try:
        return _record_of(fields, line, name_of)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _record_of(fields: dict[str, Any], line: bytes, name_of: NameOf) -> Record | None:
    at = _number(fields["at"])
    if "event" in fields:
        return _event(fields, at, line, name_of)
    if "text" in fields or "binary" in fields:
        data: str | bytes = (
            base64.b64decode(fields["binary"]) if "binary" in fields else str(fields["text"])
        )
        flawed = _flawed(fields, at, data) if "reason" not in fields else None
        if flawed is not None:
            return flawed
        reason = str(fields.get("reason") or "not an event of the protocol")
        return Undecodable(int(fields["seq"]), at, Sender(fields["from"]), data, reason)
    return _milestone(fields, at)


def _milestone(fields: dict[str, Any], at: float) -> Record | None:
    if "opened" in fields:
        body = fields["opened"]
        headers = _pairs(body.get("headers"))
        return Opened(
            at, body.get("url"), body.get("subprotocol"), headers, body["status"], _transport(body)
        )
    if "refused" in fields:
        body = fields["refused"]
        return Refused(
            at, Step(body["step"]), str(body["text"]), body.get("url"), body.get("status"),
            _pairs(body.get("headers")), str(body.get("body") or ""), str(body.get("how") or ""),
            _transport(body),
        )  # fmt: skip
    if "closed" in fields:
        body = fields["closed"]
        by = Sender(body["by"]) if body.get("by") else None
        reason = str(body.get("reason") or "")
        return Closed(at, int(body["code"]), reason, by, _transport(body))
    if "ended" in fields:
        body = fields["ended"]
        return Ended(at, str(body["reason"]), _number(body.get("waited", 0.0)))
    if "violation" in fields:
        body = fields["violation"]
        kind, detail = str(body["kind"]), str(body["detail"])
        return Violation(at, Sender(body["by"]), kind, detail, body.get("readable", False) is True)
    if "unjudged" in fields:
        body = fields["unjudged"]
        readable = body.get("readable", True) is not False
        return Unjudged(at, Sender(body["from"]), int(body["size"]), str(body["why"]), readable)
    if "paused" in fields:
        return Paused(at, _number(fields["paused"]["seconds"]))
    if "finding" in fields:
        return Found(at, _finding(fields["finding"]), fields.get("withdrawn", False) is True)
    if "remark" in fields:
        body = fields["remark"]
        return Remark(at, str(body["text"]), int(body.get("line", 0)))
    return None


def _transport(body: dict[str, Any]) -> str:
    return str(body.get("transport") or "")


def _event(fields: dict[str, Any], at: float, line: bytes, name_of: NameOf) -> Event | None:
    payload = fields["event"]
    kind = name_of(payload) if isinstance(payload, dict) else None
    if kind is None:
        return None
    if "audio" in fields:
        return _restored(fields, at, kind)
    start = line.find(b'"event": ') + 9 if line.startswith(b'{"seq": ') else 0
    body = line[start : line.rindex(b"}")] if start > 9 else dumps(payload)
    whole = fields.get("whole", True) is not False
    text = body.decode() if start > 9 and whole else None
    size = int(fields.get("size", len(body)))
    if "masked" in fields:
        payload, text = MaskedPayload(payload, tuple(map(str, fields["masked"]))), None
    make = Probing if fields.get("by") == "rtdebug" else Event
    return make(int(fields["seq"]), at, Sender(fields["from"]), kind, payload, size, text, whole)


def _flawed(fields: dict[str, Any], at: float, text: str | bytes) -> Flawed | None:
    """The event in a message that is kept as its text since it is no strict JSON."""
    if not isinstance(text, str):
        return None
    data = text.encode("utf-8", "surrogatepass")
    try:
        payload = loads(data)
    except ValueError:
        return None
    kind = type_of(payload) if isinstance(payload, dict) else None
    if kind is None:
        return None
    seq, sender = int(fields["seq"]), Sender(fields["from"])
    return Flawed(seq, at, sender, kind, payload, len(data), text)


def _cause(parts: list[Any]) -> Cause:
    text, likelihood, test = (*map(str, parts), "", "")[:3]
    return Cause(text, likelihood, test)


def _finding(body: dict[str, Any]) -> Finding:
    """A finding that was kept. Fields that a later version adds are passed over."""
    known = {name: body[name] for name in Finding._fields if name in body}
    return Finding(
        **known
        | {
            "severity": Severity(body["severity"]),
            "certainty": Certainty(body["certainty"]),
            "causes": tuple(map(_cause, body.get("causes", ()))),
            "evidence": tuple(int(seq) for seq in body.get("evidence", ())),
        }
    )


def _restored(fields: dict[str, Any], at: float, kind: str) -> Event:
    """An event whose audio was left out, with a stand-in of the same length: its hash over and
    over, so that lengths and durations are judged as they were."""
    left_out = fields["audio"]
    chars, digest = int(left_out["chars"]), str(left_out["sha256"]) or "0"
    stand_in = (digest * (chars // len(digest) + 1))[:chars]
    payload: dict[str, Any] = {**fields["event"], str(left_out["field"]): stand_in}
    if "masked" in fields:
        payload = MaskedPayload(payload, tuple(map(str, fields["masked"])))
    size = int(left_out.get("size", 0))
    return Event(int(fields["seq"]), at, Sender(fields["from"]), kind, payload, size)


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
            bool(fields.get("selective", False)),
            bool(fields.get("trimmed", fields.get("selective", False))),
        )
    except (TypeError, ValueError):
        return View()


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"expected a number, got {value!r}")
    return value if isinstance(value, float) else float(value)


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(content)) for name, content in value or ())
