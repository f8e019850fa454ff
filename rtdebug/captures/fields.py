"""The names under which logs keep messages, lists of them, times and directions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rtdebug.captures.stamps import Stamp, stamp_of

# Where wrappers keep the message, the likeliest first.
SLOTS = (
    "event", "payload", "data", "message", "msg", "body", "frame", "raw", "json", "content",
    "payloadData", "text", "value", "object", "record", "params", "response", "request", "log",
    "line", "_raw", "args", "arguments", "obj", "packet", "ws", "websocket", "websocketMessage",
)  # fmt: skip
RANKS = {name: rank for rank, name in enumerate(SLOTS)}
LISTS = (
    "events", "messages", "frames", "records", "log", "logs", "entries", "items", "data",
    "history", "timeline", "interactions", "trace", "lines", "results", "rows", "calls",
    "transcript", "websocketMessages", "_webSocketMessages", "webSocketMessages",
)  # fmt: skip
TIMES = (
    "ts", "time", "timestamp", "at", "t", "@timestamp", "_time", "when", "date", "datetime",
    "received_at", "receivedAt", "sent_at", "sentAt", "created_at", "createdAt", "elapsed",
    "offset", "relative", "rel", "wall", "clock", "epoch", "t_ms", "ts_ms", "time_ms",
    "timestamp_ms", "timestampMs", "elapsed_ms", "elapsedMs", "offset_ms", "at_ms", "ms", "tMs",
    "t_us", "ts_us", "t_ns", "ts_ns", "time_ns", "timestamp_ns", "t_mono_ns", "mono_ns",
    "startedDateTime", "asctime", "eventTime", "event_time", "logged_at", "loggedAt", "mono",
)  # fmt: skip
LABELS = (
    "dir", "direction", "from", "sender", "source", "side", "way", "flow", "origin", "actor",
    "who", "role", "from_", "src", "op", "operation", "action", "kind", "method", "type",
    "event", "name", "category", "channel", "label", "tag", "prefix", "level",
)  # fmt: skip
_UNITS = {"_ms": "ms", "Ms": "ms", "ms": "ms", "_us": "us", "_ns": "ns"}


def unit_of(name: str, default: str = "") -> str:
    """The unit that the name of a time field tells ("t_ms"), else ``default``."""
    return next((unit for end, unit in _UNITS.items() if name.endswith(end)), default)


def stamp_among(value: Mapping[str, Any], default_unit: str = "") -> Stamp | None:
    """The time a row of a log tells, from the first of its fields that holds one."""
    for name in TIMES:
        if name in value:
            stamp = stamp_of(value[name], unit_of(name, default_unit))
            if stamp is not None:
                return stamp
    return None
