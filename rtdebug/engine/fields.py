"""Fields of payloads: a value where it has the JSON type that is meant, else nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

MISSING = object()


def object_of(value: object) -> dict[str, Any]:
    """An object, empty where there is none."""
    return value if isinstance(value, dict) else {}


def text_of(value: object) -> str | None:
    """A string."""
    return value if isinstance(value, str) else None


def text_or(value: object, before: str | None) -> str | None:
    """A string, even an empty one; ``before`` where there is none."""
    return value if isinstance(value, str) else before


def index_of(value: object) -> int | None:
    """A whole number; true and false are none."""
    return value if type(value) is int else None


def number_of(value: object) -> float | None:
    """A number; true and false are none."""
    return value if type(value) is int or type(value) is float else None


def at_pointer(value: object, pointer: str) -> Any:
    """The value at an RFC 6901 pointer, MISSING where there is none."""
    for part in _parts(pointer):
        if not isinstance(value, dict) or part not in value:
            return MISSING
        value = value[part]
    return value


@cache
def _parts(pointer: str) -> tuple[str, ...]:
    return tuple(pointer.split("/")[1:])
