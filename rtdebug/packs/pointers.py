"""Looks values up by pointers of a pack, in whichever of two spellings a message has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

_CAPITAL = re.compile(r"(?<!^)([A-Z])")


def taken_apart(text: str) -> tuple[str, ...]:
    """``/serverContent/turnComplete`` as its parts."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


@cache
def snake(name: str) -> str:
    """The other spelling of a name in protobuf's JSON: ``turn_complete`` for ``turnComplete``."""
    return _CAPITAL.sub(r"_\1", name).lower()


def first_at(value: Any, pointer: tuple[str, ...]) -> Any:
    """The first value that a pointer leads to; None where it leads nowhere."""
    return next(all_at(value, pointer), None)


def all_at(value: Any, pointer: tuple[str, ...]) -> Iterator[Any]:
    """All values that a pointer leads to."""
    for index, part in enumerate(pointer):
        if part == "*":
            members = value.values() if isinstance(value, dict) else value
            for member in members if isinstance(value, dict | list) else ():
                yield from all_at(member, pointer[index + 1 :])
            return
        if isinstance(value, dict):
            key = part if part in value else snake(part)
            if key not in value:
                return
            value = value[key]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return
    yield value
