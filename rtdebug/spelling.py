"""Says what a misspelt name was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known name nearest to ``word``, None when nothing is near."""
    import difflib

    names = sorted(set(known))
    lowered = {name.lower(): name for name in reversed(names)}
    near = difflib.get_close_matches(word.lower()[:200], lowered, n=1, cutoff=0.6)
    return lowered[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str], *, limit: int = 12) -> str:
    """A hint: the nearest name, or else all names where they are few, or else nothing."""
    names = sorted(set(known))
    near = closest(word, names)
    if near is not None:
        return f"did you mean '{near}'?"
    return f"known: {', '.join(names)}" if 0 < len(names) <= limit else ""
