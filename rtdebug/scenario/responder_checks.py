"""Says no as the provider does: its error codes, parameter paths and sentences.

Codes and shapes are those live servers give (captures of 2026, public reports); sentences follow
theirs closely enough for clients that look into the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rtdebug.packs.violations import SchemaViolation
from rtdebug.safe import one_line

_MISSING = object()
_NAMES = {str: "string", bool: "boolean", type(None): "null", list: "array", dict: "object"}
# A server complains about what is missing before it looks at what it does not know.
_ORDER = ("missing", "unknown-field", "type", "value", "unknown-value", "range", "length")


class Rejected(Exception):
    """A client event the server refuses; carries the fields of the error event."""

    def __init__(
        self,
        message: str,
        code: str | None = "invalid_value",
        param: str | None = None,
        type_: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.error: dict[str, Any] = {
            "type": type_,
            "code": code,
            "message": message,
            "param": param,
        }


def missing(param: str) -> Rejected:
    """A field that has to be there is not."""
    return Rejected(f"Missing required parameter: '{param}'.", "missing_required_parameter", param)


def invalid_type(param: str, expected: str, value: object) -> Rejected:
    """A field holds another JSON type."""
    message = f"Invalid type for '{param}': expected {expected}, but got {_article(value)} instead."
    return Rejected(message, "invalid_type", param)


def unknown_type(type_: str, known: Sequence[str]) -> Rejected:
    """An event type this session does not take; the text lists those it does."""
    return Rejected(
        f"Invalid value: '{one_line(type_, 120)}'. Supported values are: {_listed(known)}.",
        param="type",
    )


def rejected(payload: Mapping[str, Any], violations: Sequence[SchemaViolation]) -> Rejected | None:
    """The one error a server answers an invalid event with, None for a valid one."""
    if not violations:
        return None
    return _rejected(payload, min(violations, key=_rank))


def _rank(violation: SchemaViolation) -> int:
    kind = violation.kind
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _rejected(payload: Mapping[str, Any], violation: SchemaViolation) -> Rejected:
    tokens = [
        token.replace("~1", "/").replace("~0", "~") for token in violation.pointer.split("/")[1:]
    ]
    param, value = _param(tokens), _value_at(payload, tokens)
    match violation.kind:
        case "missing":
            return missing(param)
        case "unknown-field":
            message = f"Unknown parameter: '{one_line(param, 200)}'."
            return Rejected(message, "unknown_parameter", param)
        case "type":
            return invalid_type(param, _one_of(violation.expected), value)
        case "range":
            return _out_of_range(param, violation, value)
        case "length" if tokens[-1:] == ["output_modalities"]:
            said = f"Invalid modalities: {_said(value)}.".replace('"', "'")
            message = f"{said} Supported combinations are: ['text'] and ['audio']."
            return Rejected(message, param=param)
        case "length":
            return _wrong_length(param, violation, value)
    if tokens[-1:] == ["rate"] and _is_number(value) and value < 24_000:
        below = SchemaViolation(violation.pointer, "range", "at least 24000", violation.got)
        return _out_of_range(param, below, value)
    said = f"Invalid value: {_said(value)}."
    return Rejected(f"{said} Expected {violation.expected}.".replace('"', "'"), param=param)


def _out_of_range(param: str, violation: SchemaViolation, value: object) -> Rejected:
    bound = re.search(r"-?[\d.]+", violation.expected)
    most = "most" in violation.expected or "less" in violation.expected
    limit = bound[0] if bound else "?"
    kind = "decimal" if isinstance(value, float) or "." in limit else "integer"
    side, word, sign = ("above", "max", "<=") if most else ("below", "min", ">=")
    message = (
        f"Invalid '{param}': {kind} {side} {word}imum value. "
        f"Expected a value {sign} {limit}, but got {value} instead."
    )
    return Rejected(message, f"{kind}_{side}_{word}_value", param)


def _wrong_length(param: str, violation: SchemaViolation, value: object) -> Rejected:
    most = "most" in violation.expected
    kind = _NAMES.get(type(value), "value")
    side, word = ("above", "max") if most else ("below", "min")
    size = len(value) if isinstance(value, str | list | dict) else 0
    message = f"Invalid '{param}': expected {violation.expected}, but got a length of {size}."
    return Rejected(message, f"{kind}_{side}_{word}_length", param)


def _param(tokens: Sequence[str]) -> str:
    """The provider's way to write a path: dots, and brackets around positions."""
    text = ""
    for token in tokens:
        text += f"[{token}]" if token.isdecimal() else f".{token}" if text else token
    return text


def _value_at(payload: Any, tokens: Sequence[str]) -> Any:
    value = payload
    for token in tokens:
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            return _MISSING
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _said(value: object) -> str:
    if value is _MISSING:
        return "nothing"
    if isinstance(value, str):
        return f"'{one_line(value, 80)}'"
    return one_line(json.dumps(value, ensure_ascii=False, default=str), 80)


def _article(value: object) -> str:
    if value is None:
        return "null"
    if _is_number(value):
        return "an integer" if isinstance(value, int) else "a decimal"
    name = _NAMES.get(type(value), "value")
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _one_of(expected: str) -> str:
    words = [word for word in re.split(r", | or ", expected) if word != "null"]
    return " or ".join(f"an {word}" if word[0] in "aeiou" else f"a {word}" for word in words)


def _listed(names: Sequence[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return f"{', '.join(quoted[:-1])}, and {quoted[-1]}" if len(quoted) > 1 else "".join(quoted)
