"""Reads fields of a mock script strictly, each with its place."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from rtdebug.errors import DocumentError
from rtdebug.safe import one_line
from rtdebug.scenario.durations import DurationError, parse_duration
from rtdebug.scenario.matchers import PatternError, compile_pattern
from rtdebug.scenario.matching import Pattern
from rtdebug.spelling import did_you_mean

Path: TypeAlias = tuple[str | int, ...]
MakeError: TypeAlias = Callable[[Path, str, str], DocumentError]

_PLACE = re.compile(r"[A-Za-z0-9_$-]+(?:\.[A-Za-z0-9_$-]+)*\Z")


class Value:
    """One value of a script and its place; each reader returns it typed or raises."""

    def __init__(self, value: Any, path: Path, make_error: MakeError) -> None:
        self.value = value
        self.path = path
        self._make_error = make_error

    def error(self, message: str, hint: str = "") -> DocumentError:
        """An error at this value."""
        return self._make_error(self.path, message, hint)

    def expected(self, what: str, hint: str = "") -> DocumentError:
        """An error that says what should stand here, and what does."""
        return self.error(f"expected {what}, found {_shown(self.value)}", hint)

    def child(self, key: str | int) -> Value:
        """The value under a key or index that exists."""
        return Value(self.value[key], (*self.path, key), self._make_error)

    def named(self, key: str) -> Value:
        """The key of this value, read as a value that stands in its place."""
        return Value(key, self.path, self._make_error)

    def fields(self, known: Iterable[str], required: Iterable[str] = ()) -> dict[str, Value]:
        """A mapping of known keys, its values still unread."""
        if not isinstance(self.value, dict):
            raise self.expected("a mapping", f"keys: {', '.join(known)}")
        names = tuple(known)
        for key in self.value:
            if key not in names:
                hint = did_you_mean(key, names, limit=40)
                raise self.child(key).error(f"unknown key '{one_line(key, 60)}'", hint)
        for key in required:
            if key not in self.value:
                raise self.error(f"'{key}' is missing", f"keys: {', '.join(names)}")
        return {key: self.child(key) for key in self.value}

    def entries(self) -> list[tuple[str, Value]]:
        """A mapping of free keys."""
        if not isinstance(self.value, dict):
            raise self.expected("a mapping")
        return [(key, self.child(key)) for key in self.value]

    def items(self, *, at_least: int = 0) -> list[Value]:
        """A list."""
        if not isinstance(self.value, list):
            raise self.expected("a list")
        if len(self.value) < at_least:
            raise self.expected(f"a list of at least {at_least}")
        return [self.child(index) for index in range(len(self.value))]

    def one_or_more(self) -> list[Value]:
        """A list, or one value in place of a list of one."""
        return self.items() if isinstance(self.value, list) else [self]

    def text(self) -> str:
        """A text."""
        if not isinstance(self.value, str):
            raise self.expected("a text", "put it in quotes")
        return self.value

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.expected("true or false")
        return self.value

    def number(self, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.expected(f"a whole number from {least} to {most}")
        return value

    def choice(self, known: Iterable[str]) -> str:
        """One of a few words."""
        names = tuple(known)
        text = self.text()
        if text not in names:
            raise self.expected(f"one of {', '.join(names)}", did_you_mean(text, names, limit=0))
        return text

    def seconds(self, most: float = 3600.0) -> float:
        """A duration with its unit, as ``250ms``, ``1.5s`` or ``2m``."""
        try:
            length = parse_duration(self.value)
        except DurationError as problem:
            raise self.error(problem.message, problem.hint) from None
        if length > most:
            raise self.error(f"at most {most:g}s, found {self.value}")
        return length

    def pattern(self) -> Pattern:
        """What a value is to be like: a literal or a matcher, as in scenarios."""
        try:
            return compile_pattern(self.value)
        except PatternError as wrong:
            raise self._make_error((*self.path, *wrong.path), wrong.message, wrong.hint) from None

    def mapping(self) -> dict[str, Any]:
        """A mapping taken as it stands."""
        if not isinstance(self.value, dict):
            raise self.expected("a mapping")
        return dict(self.value)

    def place(self) -> str:
        """The path of a field inside an event: names and list positions, joined by dots."""
        text = self.text()
        if _PLACE.match(text) is None:
            raise self.expected("the path of a field", "such as session.audio.output.voice")
        return text


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, str):
        return f"'{one_line(value, 60)}'"
    return str(value) if isinstance(value, int) and abs(value) < 10**15 else _figure(value)


def _figure(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) and math.isfinite(value) else "a huge number"
