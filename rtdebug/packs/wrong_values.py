"""What is wrong with a value of a pack: each says what was expected and what to do, None where
nothing is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from rtdebug.packs.life_rows import listed
from rtdebug.protocols import PROTOCOLS

SIDES = ("client", "server")
Wrong = tuple[str, str] | None


def text(value: Any) -> Wrong:
    """A text."""
    if isinstance(value, str) and value:
        return None
    return f"expected text, found {shown(value)}", "write some, in quotes if need be"


def texts(value: Any) -> Wrong:
    """A list of texts."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return twice(value)
    return f"expected a list of names, found {shown(value)}", "write [name, name]"


def flag(value: Any) -> Wrong:
    """True or false."""
    if isinstance(value, bool):
        return None
    return f"expected true or false, found {shown(value)}", "leave it out for false"


def number(value: Any) -> Wrong:
    """A number that is more than nothing."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return None
    return f"expected a number above 0, found {shown(value)}", "bytes a millisecond: 48 is 24 kHz"


def side(value: Any) -> Wrong:
    """One of the two sides."""
    if value in SIDES:
        return None
    hint = near(str(value), SIDES)
    return f"expected client or server, found {shown(value)}", hint or "name who sends it"


def duration(value: Any) -> Wrong:
    """A time with its unit."""
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?(ms|s|m)", value):
        return None
    return f"expected a duration, found {shown(value)}", "write a unit: 250ms, 5s, 2m"


def pointer(value: Any) -> Wrong:
    """A JSON pointer."""
    if isinstance(value, str) and (not value or value.startswith("/")):
        return None
    return f"expected a JSON pointer, found {shown(value)}", "begin it with /"


def pointers(value: Any) -> Wrong:
    """One JSON pointer or several."""
    wrong = next((bad for one in listed(value) if (bad := pointer(one))), None)
    return wrong or twice(listed(value))


def patterns(value: Any) -> Wrong:
    """Regular expressions."""
    if not isinstance(value, list):
        return f"expected a list of patterns, found {shown(value)}", "write [pattern, pattern]"
    for one in value:
        if one == "":
            return "expected a pattern, found one that fits everything", "write what is in the URL"
        try:
            re.compile(one)
        except (re.error, TypeError) as error:
            return f"expected a pattern, found {shown(one)}: {error}", "see Python's re"
    return None


def proto(value: Any) -> Wrong:
    """The one spelling that is known."""
    return None if value == "proto" else (f"expected proto, found {shown(value)}", "or leave it")


def grammar(value: Any) -> Wrong:
    """A grammar that rtdebug follows."""
    known = [one.grammar for one in PROTOCOLS if one.grammar]
    if value in known:
        return None
    return f"no grammar is named {shown(value)}", f"expected one of: {', '.join(known)}"


def shown(value: Any) -> str:
    """A value of a pack as messages quote it."""
    return repr(value)[:60]


def near(word: str, known: Iterable[str]) -> str:
    """The likeliest word that was meant, as a question; empty where none is."""
    found = nearest(word, known)
    return f"did you mean {found[0]}?" if found else ""


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """The likeliest word that was meant, if any."""
    return get_close_matches(word[:80], list(known), 1, 0.6)


def rows(value: Any) -> Wrong:
    """A list of rows."""
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return None
    return f"expected a list of rows, found {shown(value)}", "write each as - {...}"


def by_name(kind: Callable[[Any], Wrong]) -> Callable[[Any], Wrong]:
    """A mapping whose members are of a kind."""

    def wrong(value: Any) -> Wrong:
        if not isinstance(value, dict):
            return f"expected names, each with its value, found {shown(value)}", "write name: value"
        return next((bad for one in value.values() if (bad := kind(one))), None)

    return wrong


def twice(value: list[Any]) -> Wrong:
    """Whether something stands in a list more than once."""
    for number, one in enumerate(value):
        if one in value[:number]:
            return f"{shown(one)} stands here twice", "keep one"
    return None


def row(value: Any) -> Wrong:
    """One row."""
    if isinstance(value, dict):
        return None
    return f"expected a row, found {shown(value)}", "write {...}"


KINDS = {
    "text": text, "texts": texts, "flag": flag, "number": number, "side": side,
    "duration": duration, "pointer": pointer, "pointers": pointers, "patterns": patterns,
    "proto": proto, "grammar": grammar, "rows": rows, "rows by name": by_name(row),
    "texts by name": by_name(text), "pointers by name": by_name(pointers),
    "numbers by name": by_name(number),
}  # fmt: skip
