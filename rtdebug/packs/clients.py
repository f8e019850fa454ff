"""Client families: how a client is recognised, what it waits for and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from rtdebug.packs.yaml_data import read_yaml

CLIENTS = "clients.yaml"
_LOOKED_AT = 200  # characters of a value
_NOTHING = object()


class ClientSign(NamedTuple):
    """Something a client shows: a header, or a value in one of its events. ``shows`` is "null" or
    "nothing" where the event has just that at its place."""

    header: str
    event: str
    at: str
    matches: str
    shows: str = ""

    def fits(
        self, headers: Iterable[tuple[str, str]], events: Iterable[tuple[str, Mapping[str, Any]]]
    ) -> bool:
        """Whether the headers or the events (role and payload) show it."""
        if self.header:
            lines = (f"{name.lower()}: {value}" for name, value in headers)
            return any(re.search(self.header, line[:_LOOKED_AT]) for line in lines)
        return any(role == self.event and self._shown(payload) for role, payload in events)

    def _shown(self, payload: Mapping[str, Any]) -> bool:
        value: Any = payload
        for part in self.at.split("/")[1:]:
            value = value.get(part, _NOTHING) if isinstance(value, Mapping) else _NOTHING
        if self.shows:
            return value is (None if self.shows == "null" else _NOTHING)
        if value is None or value is _NOTHING:
            return False
        return re.search(self.matches, str(value)[:_LOOKED_AT]) is not None


class WaitsFor(NamedTuple):
    """After what a family does not go on before ``until`` came."""

    after: str
    until: str


class Family(NamedTuple):
    """One SDK or framework. ``signs`` are alternatives, of each all must be seen. ``needs`` are
    globs of what its turns do not end without: a role of the server, or a field under one."""

    name: str
    title: str
    signs: tuple[tuple[ClientSign, ...], ...]
    waits_for: tuple[WaitsFor, ...]
    refuses: tuple[str, ...]
    without: frozenset[str]
    needs: tuple[str, ...] = ()

    def waits(self, after: str, until: str) -> bool:
        """Whether it waits for that after that."""
        return WaitsFor(after, until) in self.waits_for

    def refuses_type(self, type_: str) -> bool:
        """Whether an event of that type must have the right shape."""
        return any(fnmatchcase(type_, pattern) for pattern in self.refuses)


@cache
def families(folder: Path) -> tuple[Family, ...]:
    """All that a pack knows."""
    path = folder / CLIENTS
    if not path.is_file():
        return ()
    return tuple(_family(row) for row in read_yaml(path)["families"])


def family_of(
    folder: Path,
    headers: Iterable[tuple[str, str]],
    events: Iterable[tuple[str, Mapping[str, Any]]],
) -> Family | None:
    """The family that a client shows itself to be, None where no sign is its own."""
    headers, events = tuple(headers), tuple(events)
    for family in families(folder):
        if any(all(one.fits(headers, events) for one in signs) for signs in family.signs):
            return family
    return None


def _family(row: dict[str, Any]) -> Family:
    return Family(
        name=row["name"],
        title=row["title"],
        signs=tuple(tuple(_sign(one) for one in signs) for signs in row["signs"]),
        waits_for=tuple(WaitsFor(one["after"], one["until"]) for one in row.get("waits_for", ())),
        refuses=tuple(row.get("refuses", ())),
        without=frozenset(row.get("without", ())),
        needs=tuple(row.get("needs", ())),
    )


def _sign(row: dict[str, str]) -> ClientSign:
    return ClientSign(
        row.get("header", ""), row.get("event", ""), row.get("at", ""), row.get("matches", ""),
        row.get("shows", ""),
    )  # fmt: skip
