"""What is wrong with a value of a pack: each says what was expected and what to do, None where
nothing is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from rtdebug.packs.life_rows import listed
from rtdebug.protocols import PROTOCOLS

SIDES = ("client", "server")
Wrong = tuple[str, str] | None


def text(value: Any) -> Wrong:
    """A text."""
    return None if isinstance(value, str) else (f"expected text, found {shown(value)}", "quote it")


def texts(value: Any) -> Wrong:
    """A list of texts."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return None
    return f"expected a list of names, found {shown(value)}", "write [name, name]"


def flag(value: Any) -> Wrong:
    """True or false."""
    if isinstance(value, bool):
        return None
    return f"expected true or false, found {shown(value)}", "leave it out for false"


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
    return next((wrong for one in listed(value) if (wrong := pointer(one))), None)


def patterns(value: Any) -> Wrong:
    """Regular expressions."""
    for one in listed(value):
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


KINDS = {
    "text": text, "texts": texts, "flag": flag, "side": side, "duration": duration,
    "pointer": pointer, "pointers": pointers, "patterns": patterns, "proto": proto,
    "grammar": grammar,
}  # fmt: skip
