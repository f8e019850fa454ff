"""The names under which logs keep messages, times and directions.

A message is found under any name. These only say which text of a record is its line of words, and
which field is its time and its direction. They are compared without case and punctuation, so that
``textPayload``, ``text_payload`` and ``@TextPayload`` are one name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from rtdebug.captures.stamps import Stamp, stamp_of
from rtdebug.model.value import EMPTY

# Where wrappers keep the message, the likeliest first.
SLOTS = (
    "event", "payload", "data", "message", "msg", "body", "frame", "raw", "json", "content",
    "payloadData", "text", "value", "object", "record", "params", "response", "request", "log",
    "line", "_raw", "args", "arguments", "obj", "packet", "ws", "websocket", "websocketMessage",
)  # fmt: skip
_TEXTS = ("textPayload", "stringValue", "exception", "@m", "renderedMessage")
TIMES = (
    "ts", "time", "timestamp", "at", "t", "_time", "when", "date", "datetime",
    "received_at", "sent_at", "created_at", "elapsed", "offset", "relative", "rel", "wall",
    "clock", "epoch", "t_ms", "ts_ms", "time_ms", "timestamp_ms", "elapsed_ms", "offset_ms",
    "at_ms", "ms", "t_us", "ts_us", "t_ns", "ts_ns", "time_ns", "timestamp_ns", "t_mono_ns",
    "mono_ns", "startedDateTime", "asctime", "eventTime", "logged_at", "mono", "timeUnixNano",
    "startTimeUnixNano", "observedTimeUnixNano", "startTime", "_source_realtime_timestamp",
    "time_s", "ts_s", "t_s", "at_s", "timestamp_s", "elapsed_s", "offset_s", "relative_s", "rel_s",
    "seconds", "secs", "time_seconds", "elapsed_seconds", "offset_seconds", "since_start_s",
    "time_sec", "elapsed_sec", "since_start", "since_start_ms", "__realtime_timestamp",
    "eventTimestamp", "timeGenerated", "ingestionTime",
)  # fmt: skip
LABELS = (
    "dir", "direction", "from", "sender", "source", "side", "way", "flow", "origin", "actor",
    "who", "role", "src", "op", "operation", "action", "kind", "method", "type",
    "event", "name", "category", "channel", "label", "tag", "prefix", "level", "msg", "message",
)  # fmt: skip
_UNITS = {
    "_ms": "ms", "Ms": "ms", "ms": "ms", "_us": "us", "_ns": "ns", "UnixNano": "ns",
    "_REALTIME_TIMESTAMP": "us", "_s": "s", "seconds": "s", "secs": "s", "_sec": "s", "Sec": "s",
    "Seconds": "s",
}  # fmt: skip
_PUNCTUATION = re.compile(r"[^0-9a-z]+")


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without case and punctuation."""
    return _PUNCTUATION.sub("", name[:64].lower())


RANKS = {plain(name): rank for rank, name in enumerate((*SLOTS, *_TEXTS))}
_TIME_RANKS = {plain(name): rank for rank, name in reversed(list(enumerate(TIMES)))}
_LABEL_RANKS = {plain(name): rank for rank, name in enumerate(LABELS)}


def is_time(name: str) -> bool:
    """Whether a field of this name holds a time."""
    return plain(name) in _TIME_RANKS


def unit_of(name: str, default: str = "") -> str:
    """The unit that the name of a time field tells ("t_ms"), else ``default``."""
    return next((unit for end, unit in _UNITS.items() if name.endswith(end)), default)


def times_in(value: Mapping[str, Any]) -> list[str]:
    """The fields that hold a time, the likeliest first."""
    return _ranked(value, _TIME_RANKS)


def labels_in(value: Mapping[str, Any]) -> list[str]:
    """The fields that may tell a direction, the likeliest first."""
    return _ranked(value, _LABEL_RANKS)


def slots_in(value: Mapping[str, Any]) -> list[str]:
    """The fields that are known to hold messages, the likeliest first."""
    return _ranked(value, RANKS)


def _ranked(value: Mapping[str, Any], ranks: Mapping[str, int]) -> list[str]:
    found = [(ranks[short], name) for name in value if (short := plain(name)) in ranks]
    if len(found) > 1:
        found.sort(key=lambda one: one[0])
    return [name for _, name in found]


def stamp_among(value: Mapping[str, Any], units: Mapping[str, str] = EMPTY) -> Stamp | None:
    """The time a row of a log tells, from the first of its fields that holds one; ``units`` are
    those of fields that do not name their own."""
    for name in times_in(value):
        stamp = stamp_of(value[name], unit_of(name, units.get(name, "")))
        if stamp is not None:
            return stamp
    return None
