"""The catalogue as one file: read when the first finding is made or asked for, never before.

An installation has it from the build. A checkout makes it anew when a page of docs/findings/ has
changed since.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

from rtdebug import resources
from rtdebug.catalogue.entry import Entry
from rtdebug.model.findings import Certainty, Severity

_FILE = "catalogue.json"
_MOST_NEAR = 6


@cache
def find(name: str) -> Entry | None:
    """What the catalogue says of a finding; None where the name is not in it."""
    row = _rows().get(name)
    return Entry.of(name, row) if row is not None else None


def entry(name: str) -> Entry:
    """What the catalogue says of a finding that it has."""
    found = find(name)
    if found is None:
        raise KeyError(f"docs/findings/ has no page for {name}")
    return found


def related(name: str) -> Entry:
    """The same for what hangs together with what: findings of other people's packs stand alone."""
    return find(name) or Entry(name, Severity.ERROR, Certainty.HIGH, name)


def names() -> tuple[str, ...]:
    """Everything that can be found, in order of name."""
    return tuple(_rows())


def entries() -> tuple[Entry, ...]:
    """All of the catalogue, in order of name."""
    return tuple(map(entry, _rows()))


def nearest(name: str) -> list[str]:
    """Names like this one, the likeliest first: those that hold all of its words, else those that
    are written nearly so."""
    from difflib import get_close_matches

    known, lowered = names(), name.lower()[:200]
    words = lowered.replace("_", " ").replace("-", " ").split()
    holding = [one for one in known if words and all(word in one for word in words)]
    holding.sort(key=lambda one: not one.startswith(words[0]))
    return holding[:_MOST_NEAR] or get_close_matches(lowered, known, 3, 0.5)


@cache
def _rows() -> dict[str, dict[str, Any]]:
    path = resources.compiled(_FILE)
    known = _read(path)
    if not resources.installed():
        from rtdebug.catalogue import compiling

        folder = resources.findings()
        if known.get("of") != compiling.stamp(folder):
            known = compiling.write(folder, path)
    rows: dict[str, dict[str, Any]] = known["entries"]
    return rows


def _read(path: Path) -> dict[str, Any]:
    try:
        known: dict[str, Any] = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        if resources.installed():
            raise
        return {}
    return known
