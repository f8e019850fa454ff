"""Reads parts of a scenario file: typed, with placeholders replaced, or wrong at their place."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Any

from rtdebug.documents import Document, JsonPath
from rtdebug.errors import DocumentError
from rtdebug.packs.violations import describe
from rtdebug.safe import one_line
from rtdebug.scenario.durations import DurationError, parse_duration
from rtdebug.scenario.substitution import Names, Substituted, SubstitutionError, substitute
from rtdebug.spelling import did_you_mean

# Stands for a value that depends on an environment nobody gave.
UNKNOWN: Any = object()


class Faults:
    """Collects what is wrong, so that one reading of a file tells everything.

    ``with faults:`` reads on after the block whatever is wrong in it.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], DocumentError] = {}

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _type: object, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if isinstance(error, DocumentError):
            self.add(error)
            return True
        return False

    def add(self, error: DocumentError) -> None:
        """Keep an error; the same at the same place is kept once."""
        self._found.setdefault((str(error.location), error.message), error)

    def all(self) -> tuple[DocumentError, ...]:
        """Everything found, in order of place."""
        return tuple(sorted(self._found.values(), key=_place))


def _place(error: DocumentError) -> tuple[str, int, int]:
    return error.location.path, error.location.line, error.location.column


class Part:
    """One part of a document: its value as written, its place, and what can be named in it."""

    __slots__ = ("document", "path", "scope", "value")

    def __init__(self, document: Document, path: JsonPath, value: Any, scope: Names) -> None:
        self.document = document
        self.path = path
        self.value = value
        self.scope = scope

    def error(self, message: str, hint: str = "", *, at_key: bool = False) -> DocumentError:
        """An error at this part, or at its key."""
        return self.document.error(self.path, message, hint, at_key=at_key)

    def expected(self, what: str, hint: str = "") -> DocumentError:
        """An error that says what should stand here and what does."""
        found = "nothing" if self.value is None else describe(self.value)
        return self.error(f"expected {what}, found {found}", hint)

    def inside(
        self, path: JsonPath, message: str, hint: str, *, at_key: bool = False
    ) -> DocumentError:
        """An error at a part of this part."""
        return self.document.error((*self.path, *path), message, hint, at_key=at_key)

    def named(self, scope: Names) -> Part:
        """The same part where other things can be named."""
        return Part(self.document, self.path, self.value, scope)

    def child(self, key: str | int) -> Part:
        """The part under a key or index that exists."""
        return Part(self.document, (*self.path, key), self.value[key], self.scope)

    def get(self, key: str) -> Part | None:
        """The part under a key, None where there is none."""
        return self.child(key) if key in self.value else None

    def mapping(self, what: str = "a mapping", hint: str = "") -> dict[str, Any]:
        """The value, which must be a mapping."""
        if not isinstance(self.value, dict):
            raise self.expected(what, hint)
        return self.value

    def only(self, known: Iterable[str], where: str) -> None:
        """No keys but these."""
        names = tuple(known)
        for key in self.mapping(f"a mapping of {', '.join(names)}"):
            if key not in names:
                message = f"unknown key '{one_line(key, 60)}' {where}"
                raise self.child(key).error(message, did_you_mean(key, names), at_key=True)

    def items(self, what: str = "a list") -> list[Part]:
        """The elements of a list that has some."""
        if not isinstance(self.value, list) or not self.value:
            raise self.expected(what, "write [one, two], or each on a line of its own after '-'")
        return [self.child(index) for index in range(len(self.value))]

    def substituted(self) -> Substituted:
        """The value with what can be named so far in place."""
        try:
            return substitute(self.value, self.scope)
        except SubstitutionError as problem:
            raise self.inside(problem.path, problem.message, problem.hint) from None

    def given(self) -> Any:
        """The value, which must be known before the scenario plays; UNKNOWN where it depends on
        an environment that was not given."""
        found = self.substituted()
        if found.waits:
            raise self.inside(
                found.open[0],
                "this must be known before the scenario plays",
                "use a variable of vars, --var or ${env.NAME}; captured values come too late",
            )
        return UNKNOWN if found.open else found.value

    def text(self, what: str = "text") -> str:
        """A text that is not empty."""
        value = self.given()
        if value is UNKNOWN:
            return str(self.value)
        if not isinstance(value, str) or not value:
            raise self.expected(what, "put it in quotes")
        return value

    def duration(self) -> float:
        """Seconds of a duration."""
        value = self.given()
        try:
            return 1.0 if value is UNKNOWN else parse_duration(value)
        except DurationError as problem:
            raise self.error(problem.message, problem.hint) from None

    def flag(self) -> bool:
        """True or false."""
        value = self.given()
        if value is UNKNOWN:
            return False
        if not isinstance(value, bool):
            raise self.expected("true or false", "YAML 1.2: yes, no, on and off are text")
        return value

    def whole(self, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.given()
        if value is UNKNOWN:
            return least
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.expected(
                f"a whole number from {least} to {most}", "without a unit or quotes"
            )
        return value

    def choice(self, names: Iterable[str]) -> str:
        """One of a few words."""
        known = tuple(names)
        value = self.given()
        if value is UNKNOWN:
            return known[0]
        if value not in known:
            hint = did_you_mean(value, known) if isinstance(value, str) else ""
            raise self.expected(f"one of {', '.join(known)}", hint)
        return str(value)
