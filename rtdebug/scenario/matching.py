"""Whether a value is as a scenario expects it, and if not, where it differs and how nearly it fits.

What is written must match, the rest is free: a mapping asks for its keys and leaves others alone, a
list asks for its elements and its length, anything else for an equal value of the same type
(``1`` is ``1.0``, but never ``true``). A mapping whose keys begin with ``$`` is a matcher, see
``matchers``; ``$$name`` is a key that really begins with ``$``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from rtdebug.model.value import Value
from rtdebug.packs.violations import describe
from rtdebug.scenario.substitution import MISSING


class Mismatch(Value):
    """One place where a value is not as expected. ``pointer`` is RFC 6901."""

    pointer: str
    expected: str
    seen: str

    def __str__(self) -> str:
        return f"{self.pointer or 'the event'}: expected {self.expected}, seen {self.seen}"


class Tally:
    """Counts what fits of a value and keeps what does not."""

    __slots__ = ("hits", "misses", "weight")

    def __init__(self) -> None:
        self.hits = 0
        self.weight = 0
        self.misses: list[Mismatch] = []

    @property
    def matched(self) -> bool:
        """Whether everything fits."""
        return not self.misses

    @property
    def score(self) -> float:
        """The share of what was asked for that fits, 0 to 1."""
        asked = self.hits + self.weight
        return self.hits / asked if asked else 1.0

    def miss(self, pointer: str, expected: str, seen: Any, weight: int = 1) -> None:
        """Something does not fit; ``weight`` is how many leaves of the expectation that costs."""
        self.weight += weight
        words = "nothing" if seen is MISSING else describe(seen)
        self.misses.append(Mismatch(pointer, expected, words))


class Pattern(Protocol):
    """One expectation of a value. ``words`` say it, ``leaves`` is how much it asks for."""

    @property
    def words(self) -> str: ...

    @property
    def leaves(self) -> int: ...

    def compare(self, seen: Any, pointer: str, tally: Tally) -> None:
        """Add to the tally how ``seen`` (or MISSING) fits."""
        ...


def compare(pattern: Pattern, seen: Any, pointer: str = "") -> Tally:
    """How a value fits a pattern."""
    tally = Tally()
    pattern.compare(seen, pointer, tally)
    return tally


class Literal(Value):
    """An equal value of the same type."""

    value: Any

    @property
    def words(self) -> str:
        """The value itself."""
        return describe(self.value)

    @property
    def leaves(self) -> int:
        """One."""
        return 1

    def compare(self, seen: Any, pointer: str, tally: Tally) -> None:
        """Numbers compare as numbers; true and false are none."""
        if seen is not MISSING and _equal(self.value, seen):
            tally.hits += 1
        else:
            tally.miss(pointer, self.words, seen)


class Fields(Value):
    """A mapping that has at least these keys, with values that match."""

    fields: Mapping[str, Pattern]

    @property
    def words(self) -> str:
        """The first keys."""
        names = ", ".join(list(self.fields)[:4])
        return f"an object with {names}" if names else "an object"

    @property
    def leaves(self) -> int:
        """Those of the values, at least one."""
        return max(1, sum(pattern.leaves for pattern in self.fields.values()))

    def compare(self, seen: Any, pointer: str, tally: Tally) -> None:
        """Key by key; other keys are free."""
        if not isinstance(seen, dict):
            tally.miss(pointer, self.words, seen, self.leaves)
            return
        if not self.fields:
            tally.hits += 1
        for key, pattern in self.fields.items():
            token = key.replace("~", "~0").replace("/", "~1")
            pattern.compare(seen.get(key, MISSING), f"{pointer}/{token}", tally)


class Items(Value):
    """A list of this length whose elements match in order."""

    items: Sequence[Pattern]

    @property
    def words(self) -> str:
        """The length."""
        return f"a list of {len(self.items)}" if self.items else "an empty list"

    @property
    def leaves(self) -> int:
        """Those of the elements, and one for the length."""
        return 1 + sum(pattern.leaves for pattern in self.items)

    def compare(self, seen: Any, pointer: str, tally: Tally) -> None:
        """The length first, then element by element as far as both go."""
        if not isinstance(seen, list):
            tally.miss(pointer, self.words, seen, self.leaves)
            return
        if len(seen) == len(self.items):
            tally.hits += 1
        else:
            tally.miss(pointer, self.words, seen, 1)
        for index, pattern in enumerate(self.items):
            if index < len(seen):
                pattern.compare(seen[index], f"{pointer}/{index}", tally)
            else:
                tally.weight += pattern.leaves


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    return type(one) is type(other) and bool(one == other)
