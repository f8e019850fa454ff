"""The matchers of the scenario language, the keys that begin with ``$``, and how a pattern is made.

``$any`` ``$absent`` ``$regex`` ``$contains`` ``$gt`` ``$gte`` ``$lt`` ``$lte`` ``$len`` ``$one_of``
``$not``; several in one mapping must all match. A field that is not there satisfies ``$absent``
and nothing else.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from rtdebug.documents import JsonPath
from rtdebug.model.value import Value
from rtdebug.packs.violations import describe
from rtdebug.scenario.matching import Fields, Items, Literal, Pattern, Tally
from rtdebug.scenario.regexes import MAX_SUBJECT, RegexProblem, regex_test
from rtdebug.scenario.substitution import MISSING
from rtdebug.spelling import did_you_mean


class PatternError(Exception):
    """A matcher that is wrong, at ``path`` inside the expectation it stands in (or at the key that
    ends it)."""

    def __init__(
        self, path: JsonPath, message: str, hint: str = "", *, at_key: bool = False
    ) -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.hint = hint
        self.at_key = at_key


class Question(Value):
    """A yes-or-no question to a value that is there; ``words`` say what a yes means."""

    words: str
    holds: Callable[[Any], bool]
    leaves: int = 1

    def compare(self, seen: Any, pointer: str, tally: Tally) -> None:
        """A value that is not there is a no."""
        if seen is not MISSING and self.holds(seen):
            tally.hits += 1
        else:
            tally.miss(pointer, self.words, seen)


class Absent(Value):
    """The field is not there; null is there."""

    words: str = "no such field"
    leaves: int = 1

    def compare(self, seen: Any, pointer: str, tally: Tally) -> None:
        """Only MISSING fits."""
        if seen is MISSING:
            tally.hits += 1
        else:
            tally.miss(pointer, self.words, seen)


class All(Value):
    """Every one of several matchers."""

    parts: Sequence[Pattern]

    @property
    def words(self) -> str:
        """All of them."""
        return " and ".join(part.words for part in self.parts)

    @property
    def leaves(self) -> int:
        """Those of the parts."""
        return sum(part.leaves for part in self.parts)

    def compare(self, seen: Any, pointer: str, tally: Tally) -> None:
        """Each tells its own misses."""
        for part in self.parts:
            part.compare(seen, pointer, tally)


def compile_pattern(spec: Any, path: JsonPath = ()) -> Pattern:
    """The pattern a scenario wrote; PatternError where it is none."""
    if isinstance(spec, list):
        return Items([_element(item, (*path, index)) for index, item in enumerate(spec)])
    if not isinstance(spec, dict):
        return Literal(spec)
    names = [key for key in spec if key.startswith("$") and not key.startswith("$$")]
    if not names:
        fields = {key.removeprefix("$") if key.startswith("$$") else key: key for key in spec}
        return Fields(
            {name: compile_pattern(spec[key], (*path, key)) for name, key in fields.items()}
        )
    if len(names) < len(spec):
        other = next(key for key in spec if key not in names)
        raise PatternError(
            (*path, other),
            f"'{other}' beside the matcher {names[0]}",
            f"write $${names[0][1:]} for a field that is really called {names[0]}",
            at_key=True,
        )
    parts = [_matcher(name, spec[name], (*path, name)) for name in names]
    return parts[0] if len(parts) == 1 else All(parts)


def _element(spec: Any, path: JsonPath) -> Pattern:
    pattern = compile_pattern(spec, path)
    if isinstance(pattern, Absent):
        raise PatternError(path, "$absent inside a list", "a list matches in order and in length")
    return pattern


def _matcher(name: str, spec: Any, path: JsonPath) -> Pattern:
    make = _MATCHERS.get(name)
    if make is None:
        hint = did_you_mean(name, _MATCHERS) or f"known: {', '.join(_MATCHERS)}"
        hint = f"{hint}; write $${name[1:]} for a field that is really called {name}"
        raise PatternError(path, f"unknown matcher '{name[:60]}'", hint, at_key=True)
    return make(spec, path)


def _any(spec: Any, path: JsonPath) -> Pattern:
    if spec is not True:
        raise PatternError(path, "expected $any: true", "write $absent: true for a missing field")
    return Question("any value", lambda seen: True)


def _absent(spec: Any, path: JsonPath) -> Pattern:
    if spec is not True:
        raise PatternError(path, "expected $absent: true", "write $any: true for a field that is")
    return Absent()


def _regex(spec: Any, path: JsonPath) -> Pattern:
    if not isinstance(spec, str):
        raise PatternError(path, f"expected a pattern, found {describe(spec)}", "quote it")
    try:
        found = regex_test(spec)
    except RegexProblem as problem:
        raise PatternError(path, problem.message, problem.hint) from None

    def holds(seen: Any) -> bool:
        return isinstance(seen, str) and len(seen) <= MAX_SUBJECT and found(seen)

    return Question(f"text of at most {MAX_SUBJECT // 1024} KiB that matches /{spec}/", holds)


def _contains(spec: Any, path: JsonPath) -> Pattern:
    inner = _element(spec, path)

    def holds(seen: Any) -> bool:
        if isinstance(seen, str):
            return isinstance(spec, str) and spec in seen
        return isinstance(seen, list) and any(_fits(inner, element) for element in seen)

    return Question(f"something that contains {inner.words}", holds)


def _bound(sign: str, holds: Callable[[Any, Any], bool]) -> Callable[[Any, JsonPath], Pattern]:
    def make(spec: Any, path: JsonPath) -> Pattern:
        if not _is_number(spec):
            raise PatternError(path, f"expected a number, found {describe(spec)}", "write one")
        return Question(
            f"a number {sign} {spec}", lambda seen: _is_number(seen) and bool(holds(seen, spec))
        )

    return make


def _len(spec: Any, path: JsonPath) -> Pattern:
    inner = compile_pattern(spec, path)
    whole = isinstance(spec, int) and not isinstance(spec, bool) and spec >= 0
    if not whole and not (isinstance(spec, dict) and isinstance(inner, Question | All)):
        raise PatternError(
            path, f"expected a length, found {describe(spec)}", "write $len: 3 or $len: {$gte: 1}"
        )
    words = f"a length of {spec}" if whole else f"a length that is {inner.words}"
    return Question(
        words, lambda seen: isinstance(seen, str | list | dict) and _fits(inner, len(seen))
    )


def _one_of(spec: Any, path: JsonPath) -> Pattern:
    if not isinstance(spec, list) or not spec:
        raise PatternError(path, f"expected a list, found {describe(spec)}", "$one_of: [a, b]")
    choices = [_element(item, (*path, index)) for index, item in enumerate(spec)]
    words = "one of " + ", ".join(choice.words for choice in choices)
    return Question(words, lambda seen: any(_fits(choice, seen) for choice in choices))


def _not(spec: Any, path: JsonPath) -> Pattern:
    inner = compile_pattern(spec, path)
    if isinstance(spec, dict) and "$any" in spec:
        raise PatternError(path, "$not of $any", "write $absent: true")
    return Question(f"anything but {inner.words}", lambda seen: not _fits(inner, seen))


def _fits(pattern: Pattern, seen: Any) -> bool:
    tally = Tally()
    pattern.compare(seen, "", tally)
    return tally.matched


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_MATCHERS: dict[str, Callable[[Any, JsonPath], Pattern]] = {
    "$any": _any,
    "$absent": _absent,
    "$regex": _regex,
    "$contains": _contains,
    "$gt": _bound(">", operator.gt),
    "$gte": _bound(">=", operator.ge),
    "$lt": _bound("<", operator.lt),
    "$lte": _bound("<=", operator.le),
    "$len": _len,
    "$one_of": _one_of,
    "$not": _not,
}
MATCHER_NAMES = tuple(_MATCHERS)
