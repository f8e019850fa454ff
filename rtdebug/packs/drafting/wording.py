"""What the names of messages say: their words, and which are two forms of one thing."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ENDINGS = ("ation", "ating", "ated", "ate", "ied", "ion", "ing", "ed", "es", "y", "s", "e")


def words(name: str) -> list[str]:
    """The words of a name, in small letters: of `FunctionCallRequest`, of `session.update`."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return [part.lower() for part in parts]


def spoken(name: str) -> frozenset[str]:
    """The words of a name, each once."""
    return frozenset(words(name))


def stem(word: str) -> str:
    """A word without what makes it another form: `update` and `updated` are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            bare = word[: -len(ending)]
            return bare[:-1] if re.search(r"([gmnprt])\1$", bare) else bare
    return word


def stems(name: str) -> frozenset[str]:
    """The stems of all words of a name."""
    return frozenset(map(stem, words(name)))


def server_like(hint: str, names: Iterable[str]) -> int:
    """How much the words of an operation, and the names of its messages, are a server's."""
    text = hint.lower()
    score = 0
    if re.search(
        r"(sent|messages?) (from|by) (the )?server|server[ -]+(messages|\d|to|sends)", text
    ):
        score += 2
    if re.search(
        r"(sent|messages?) (from|by) (the )?client|client[ -]+(messages|\d|to|sends)", text
    ):
        score -= 2
    named = frozenset(word for name in names for word in words(name))
    return score + bool(named & _SERVERS) - bool(named & _CLIENTS)


_SERVERS = spoken("error warning welcome applied updated created started refused begins accepted "
                  "transcript partial connected ready metadata")  # fmt: skip
_CLIENTS = spoken("update keepalive pong terminate settings configure start setup")
