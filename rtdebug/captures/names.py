"""How a message of a log is named: by its ``type``, else as one of the packs says.

Some protocols have no type: one key says what a message is. Which keys those are, and how else they
may be spelled, the packs know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from rtdebug import resources
from rtdebug.model.records import Sender
from rtdebug.packs.load import load_pack
from rtdebug.packs.pack import Pack

NameOf = Callable[[Mapping[str, Any]], str | None]
_MOST_KEYS = 4
# An object that holds one is an error of any protocol, and no message of this one.
_COMMON = frozenset({"error"})


class LogVocabulary:
    """What one pack knows, for readers of its logs: who sends a type, and what a message is."""

    def __init__(self, pack: Pack, others: Callable[[str], Sender | None]) -> None:
        self.pack = pack
        self._others = others
        self._known = {type_ for roles in pack.roles.values() for type_ in roles.values()}

    def __call__(self, kind: str) -> Sender | None:
        """Who sends a type; of one the pack does not know, what the others say."""
        return self.pack.sender_of(kind) or self._others(kind)

    def name_of(self, payload: Mapping[str, Any]) -> str | None:
        """What a message is called: by this pack where it knows the name, else by any."""
        name = self.pack.name_of(payload)
        return name if name in self._known else type_of(payload)


def namer(sender_of: Callable[[str], Sender | None]) -> NameOf:
    """What names the messages of a log whose types ``sender_of`` knows."""
    return sender_of.name_of if isinstance(sender_of, LogVocabulary) else type_of


def type_of(payload: Mapping[str, Any]) -> str | None:
    """The name of a message: its ``type``, else the key that names it, else None."""
    kind = payload.get("type")
    if isinstance(kind, str) and kind:
        return kind
    if kind is not None:
        return None
    named = _by_other_field(payload)
    if named is not None or len(payload) > _MOST_KEYS:
        return named
    keys = _keys()
    there = [keys[key] for key in payload if key in keys]
    return min(there)[1] if there else None


def _by_other_field(payload: Mapping[str, Any]) -> str | None:
    """The name of a message whose protocol does not call it ``type``: one of its types, and no
    word that programs use too."""
    for field, packs in _other_fields().items():
        name = payload.get(field)
        if isinstance(name, str) and not (name.islower() and name.isalpha()):
            if any(name in types for pack in packs for types in pack.role_of.values()):
                return name
    return None


@cache
def _other_fields() -> Mapping[str, list[Pack]]:
    """The members that name messages beside ``type``, and the packs in which they do."""
    found: dict[str, list[Pack]] = {}
    for pack in map(load_pack, resources.pack_names()):
        if pack.naming.field not in ("", "type"):
            found.setdefault(pack.naming.field, []).append(pack)
    return found


def named_sender(kind: str) -> Sender | None:
    """Who sends a message of that name, where it is known to be one and no word of a program."""
    return _senders().get(kind)


def is_named(kind: str) -> bool:
    """Whether a message of some pack has that name, and no other object that programs log."""
    return kind in _senders()


@cache
def signs() -> tuple[str, ...]:
    """Words of which one is in every text that holds a message."""
    return (*fields(), *_keys())


@cache
def fields() -> frozenset[str]:
    """The members that name messages, in some pack or other."""
    return frozenset(pack.naming.field or "type" for pack in map(load_pack, resources.pack_names()))


def keys() -> Iterable[str]:
    """Each spelling of each key that names a message."""
    return _keys()


@cache
def _keys() -> Mapping[str, tuple[int, str]]:
    """Each spelling of each key that names a message, with its weight and its own spelling."""
    found: dict[str, tuple[int, str]] = {}
    for pack in map(load_pack, resources.pack_names()):
        weights = {key: weight for weight, key in enumerate(pack.naming.keys)}
        for spelling, key in pack.naming.spellings.items():
            if key not in _COMMON:
                found.setdefault(spelling, (weights[key], key))
    return found


@cache
def _senders() -> Mapping[str, Sender | None]:
    found: dict[str, Sender | None] = {}
    for pack in map(load_pack, resources.pack_names()):
        types = [type_ for roles in pack.roles.values() for type_ in roles.values()]
        for kind in types:
            if kind in pack.naming.keys or not kind.islower() or not kind.isalpha():
                found.setdefault(kind, pack.sender_of(kind))
    return found
