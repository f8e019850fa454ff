"""The catalogue as one file: read when the first finding is made or asked for, never before.

An installation has it from the build. A checkout makes it anew when a page of docs/findings/ has
changed since.
"""

from __future__ import annotations

from functools import cache

import orjson

from rtdebug import resources
from rtdebug.catalogue.entry import Entry
from rtdebug.model.findings import Certainty, Severity

_FILE = "catalogue.txt"
_MOST_NEAR = 6


@cache
def find(name: str) -> Entry | None:
    """What the catalogue says of a finding; None where the name is not in it."""
    lines, mark = _lines(), b"\n%s " % name.encode(errors="replace")
    start = lines.find(mark)
    if start < 0 or "\n" in name:
        return None
    start += len(mark)
    return Entry.of(name, orjson.loads(lines[start : lines.index(b"\n", start)]))


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
    return tuple(line.partition(b" ")[0].decode() for line in _lines().splitlines()[1:])


def entries() -> tuple[Entry, ...]:
    """All of the catalogue, in order of name."""
    return tuple(map(entry, names()))


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
def _lines() -> bytes:
    """The compiled file; see ``compiling.written``."""
    path = resources.compiled(_FILE)
    if resources.installed():
        return path.read_bytes()
    from rtdebug.catalogue import compiling

    folder = resources.findings()
    try:
        kept = path.read_bytes()
    except OSError:
        kept = b""
    fits = kept.startswith(b"%d\n" % compiling.stamp(folder))
    return kept if fits else compiling.write(folder, path)
