"""The error table of a pack: what a peer says -> the name of the fault.

What a finding means stands in the catalogue; the table of a pack that does not ship has the texts
of its own findings itself, under ``findings``.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from rtdebug import resources
from rtdebug.catalogue import book
from rtdebug.catalogue.entry import Entry
from rtdebug.model.findings import Cause
from rtdebug.model.value import Value, replace
from rtdebug.packs.yaml_data import base_folder, read_yaml


class Said(Value):
    """What a peer said: the fields of an error, a close or a refused upgrade, as far as known."""

    where: str
    code: str | None = None
    type: str | None = None
    message: str = ""
    param: str | None = None
    status: int | None = None
    close: int | None = None
    reason: str = ""
    step: str | None = None
    how: str = ""
    url: str | None = None
    body: str = ""
    before_session: bool = False
    unsigned: bool = False
    response_status: str | None = None


# Patterns read this much of a peer's text: enough for any cause, too little to stall on.
_READ = 4096

_EXACT = ("code", "type", "step", "how", "response_status", "before_session", "unsigned")
_CODES = ("code", "type")
_LISTED = ("status", "close")
_PATTERNS = ("message", "param", "reason", "url", "body")


class Row(Value):
    """One row of the table: all its conditions must hold."""

    where: frozenset[str]
    exact: tuple[tuple[str, Any], ...]
    listed: tuple[tuple[str, Container[int]], ...]
    patterns: tuple[tuple[str, str], ...]
    finding: str
    also: tuple[str, ...] = ()
    points_at: str = ""

    def fits(self, said: Said) -> bool:
        """Whether every condition of the row holds for what was said."""
        return (
            said.where in self.where
            and all(_is(getattr(said, name), value) for name, value in self.exact)
            and all(getattr(said, name) in values for name, values in self.listed)
            and all(
                re.search(pattern, (getattr(said, name) or "")[:_READ]) is not None
                for name, pattern in self.patterns
            )
        )

    def is_about(self, code: str) -> bool:
        """Whether the row is for this very code, as text; a range or a fallback is for none."""
        coded = any(name in _CODES and _is(code, value) for name, value in self.exact)
        listed = any(
            isinstance(values, frozenset) and code in map(str, values) for _, values in self.listed
        )
        return coded or listed


def _is(got: Any, wanted: Any) -> bool:
    return got in wanted if isinstance(wanted, list) else bool(got == wanted)


class ErrorTable(Value):
    """Rows in order, findings of a pack's own, and what a code means for trying again."""

    rows: tuple[Row, ...]
    own: Mapping[str, Entry]
    retry: Mapping[str, str]
    closes: Mapping[int, str]
    statuses: Mapping[int, str]

    @classmethod
    def load(cls, folder: Path) -> ErrorTable:
        """The table of a pack's folder; ``extends`` names a pack whose rows follow its own. What
        any peer may say lies below all of them."""
        path = folder / "errors.yaml"
        data = read_yaml(path) if path.is_file() else {}
        under = cls.load(base_folder(folder, data["extends"])) if "extends" in data else _neutral()
        return cls._of(data).over(under)

    @classmethod
    def _of(cls, data: dict[str, Any]) -> ErrorTable:
        rows = tuple(_row(row) for row in data.get("match", ()))
        # What a peer says itself is no absence.
        own = {
            name: Entry.of(name, {"proved": True, **row})
            for name, row in data.get("findings", {}).items()
        }
        retry = {
            str(code): advice for advice, codes in data.get("codes", {}).items() for code in codes
        }
        return cls(rows, own, retry, _by_number(data, "closes"), _by_number(data, "statuses"))

    @classmethod
    def neutral(cls) -> ErrorTable:
        """What any peer may say, whatever it speaks."""
        return cls._of(read_yaml(resources.schemas("errors.yaml")))

    def over(self, base: ErrorTable) -> ErrorTable:
        """This table with another beneath it."""
        return ErrorTable(
            self.rows + base.rows,
            {**base.own, **self.own},
            {**base.retry, **self.retry},
            {**base.closes, **self.closes},
            {**base.statuses, **self.statuses},
        )

    def knows(self, said: Said, *, texts_of_any: bool = False) -> bool:
        """Whether what was said is of this provider's vocabulary: a code, a type or a text of a
        row. What a row for any peer reads out of a text alone may be anyone's, and counts only
        with ``texts_of_any``."""
        own = len(self.rows) - (0 if texts_of_any else len(_neutral().rows))
        return any(
            row.fits(said)
            for number, row in enumerate(self.rows)
            if row.exact or (row.patterns and number < own)
        )

    def knows_reason(self, said: Said) -> bool:
        """Whether the words of a close are those of a row."""
        return any(
            row.fits(said) and any(name == "reason" for name, _ in row.patterns)
            for row in self.rows
        )

    def named_by(self, code: str) -> tuple[str, ...]:
        """The findings that rows name by a code, type, HTTP status or close code of a peer."""
        return tuple(dict.fromkeys(row.finding for row in self.rows if row.is_about(code)))

    def text(self, name: str) -> Entry | None:
        """What is said about a finding: by the pack itself, or in the catalogue."""
        return self.own.get(name) or book.find(name)

    def match(self, said: Said) -> Entry | None:
        """The texts of the first row that fits."""
        return next(iter(self.matches(said)), None)

    def matches(self, said: Said) -> tuple[Entry, ...]:
        """The texts of the first row that fits, the root first, then what is true besides."""
        for row in self.rows:
            if row.fits(said):
                first = _pointed(self._known(row.finding), row.points_at)
                return (first, *map(self._known, row.also))
        return ()

    def _known(self, name: str) -> Entry:
        return self.own.get(name) or book.entry(name)


@cache
def _neutral() -> ErrorTable:
    return ErrorTable.neutral()


def _pointed(text: Entry, cause: str) -> Entry:
    """A text whose likeliest cause is the one that begins so, for the peer's words tell it."""
    if not cause:
        return text
    likely = [one for one in text.causes if one.text.startswith(cause)]
    others = [one for one in text.causes if not one.text.startswith(cause)]
    causes = (
        *(Cause(one.text, "likely", one.test) for one in likely),
        *(
            Cause(one.text, "possible" if one.likelihood == "likely" else one.likelihood, one.test)
            for one in others
        ),
    )
    return replace(text, causes=causes)


def _by_number(data: dict[str, Any], key: str) -> dict[int, str]:
    return {int(number): text for number, text in data.get(key, {}).items()}


def _row(data: dict[str, Any]) -> Row:
    return Row(
        where=frozenset(data["where"]),
        exact=tuple((name, data[name]) for name in _EXACT if name in data),
        listed=tuple((name, _numbers(data[name])) for name in _LISTED if name in data),
        patterns=tuple((name, data[name]) for name in _PATTERNS if name in data),
        finding=data["finding"],
        also=tuple(data.get("also", ())),
        points_at=data.get("points_at", ""),
    )


def _numbers(value: int | str | list[int]) -> Container[int]:
    """One number, a list of them, or a range such as ``3000-4999``."""
    if isinstance(value, str):
        first, _, last = value.partition("-")
        return range(int(first), int(last) + 1)
    return frozenset(value if isinstance(value, list) else [value])
