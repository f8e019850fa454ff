"""OpenTelemetry's values, as the plain values they stand for.

OTLP in JSON wraps each value in its kind (``{"stringValue": "x"}``) and writes objects as lists of
``{"key", "value"}`` (opentelemetry-proto, common.proto: AnyValue and KeyValue).
"""

from __future__ import annotations

from typing import Any

DEPTH = 40
_SCALARS = frozenset({"stringValue", "boolValue", "intValue", "doubleValue", "bytesValue"})
_LISTS = frozenset({"kvlistValue", "arrayValue"})
_PAIR = frozenset({"key", "value"})


def is_wrapped(value: Any) -> bool:
    """Whether a value is written in one of OpenTelemetry's ways."""
    if isinstance(value, dict):
        return len(value) == 1 and not value.keys().isdisjoint(_SCALARS | _LISTS)
    return isinstance(value, list) and bool(value) and all(map(_is_pair, value))


def unwrapped(value: Any, depth: int = DEPTH) -> Any:
    """A value, and all that is in it, without the kinds around it."""
    if depth == 0:
        return None
    if isinstance(value, list):
        if value and all(map(_is_pair, value)):
            return {pair["key"]: unwrapped(pair["value"], depth - 1) for pair in value}
        return [unwrapped(item, depth - 1) for item in value]
    if isinstance(value, dict) and len(value) == 1:
        ((kind, inner),) = value.items()
        return _of_kind(kind, inner, depth)
    return None if value == {} else value


def _of_kind(kind: str, inner: Any, depth: int) -> Any:
    if kind in _LISTS and isinstance(inner, dict):
        values = unwrapped(inner.get("values", []), depth - 1)
        return {} if kind == "kvlistValue" and not values else values
    if kind == "intValue" and isinstance(inner, str) and inner.lstrip("-").isdecimal():
        return int(inner[:32])
    return inner if kind in _SCALARS else {kind: inner}


def _is_pair(item: Any) -> bool:
    return isinstance(item, dict) and item.keys() == _PAIR and isinstance(item["key"], str)
