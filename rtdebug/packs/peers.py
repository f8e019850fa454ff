"""Who answers: the server, by the URL, the headers and what its first events look like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from rtdebug import resources
from rtdebug.packs.yaml_data import read_yaml

_MISSING = object()


class Sign(NamedTuple):
    """Something in an event that only one server does."""

    types: tuple[str, ...]
    at: str
    matches: str
    all: tuple[str, ...]

    def fits(self, type_: str, payload: Mapping[str, Any]) -> bool:
        """Whether an event shows it."""
        if not any(_names(one, type_) for one in self.types):
            return False
        if not self.at:
            return True
        value = _at(payload, self.at)
        if value is _MISSING or any(_at(payload, one) is _MISSING for one in self.all):
            return False
        return not self.matches or re.search(self.matches, str(value)[:200]) is not None


class Peer(NamedTuple):
    """One server. ``pack`` is the dialect it speaks, where it is a pack of its own; ``conforms`` is
    False for compatible ones that depart from the protocol."""

    name: str
    title: str
    pack: str
    conforms: bool
    url: str
    near: tuple[str, ...]
    header: str
    header_url: str
    signs: tuple[Sign, ...]


@cache
def peers() -> tuple[Peer, ...]:
    """All that are known, the surest signs first."""
    return tuple(_peer(row) for row in read_yaml(resources.schemas("peers.yaml"))["peers"])


def _peer(row: dict[str, Any]) -> Peer:
    return Peer(
        name=row["name"],
        title=row["title"],
        pack=row.get("pack", ""),
        conforms=row.get("conforms", True),
        url=row.get("url", ""),
        near=tuple(row.get("near", ())),
        header=row.get("header", ""),
        header_url=row.get("header_url", ""),
        signs=tuple(_sign(sign) for sign in row.get("events", ())),
    )


def _sign(row: dict[str, Any]) -> Sign:
    return Sign(
        tuple(row["types"]), row.get("at", ""), row.get("matches", ""), tuple(row.get("all", ()))
    )


def _names(wanted: str, type_: str) -> bool:
    return type_.startswith(wanted[:-1]) if wanted.endswith("*") else type_ == wanted


def by_handshake(url: str | None, headers: Iterable[tuple[str, str]] = ()) -> Peer | None:
    """The peer that an address or the client's headers name."""
    names = [name for name, _ in headers]
    lower = (url or "").lower()
    for peer in peers():
        if url and any(part in lower for part in peer.near) and re.search(peer.url, url, re.I):
            return peer
        if not (names and peer.header):
            continue
        if url and not re.search(peer.header_url, url, re.I):
            continue
        if any(re.search(peer.header, name, re.I) for name in names):
            return peer
    return None


def by_event(type_: str, payload: Mapping[str, Any]) -> Peer | None:
    """The peer that one of its events gives away."""
    for peer in peers():
        if any(sign.fits(type_, payload) for sign in peer.signs):
            return peer
    return None


def _at(value: object, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        if not isinstance(value, Mapping) or part not in value:
            return _MISSING
        value = value[part]
    return value
