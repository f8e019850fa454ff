"""Which pack a recording speaks, by what is seen in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from rtdebug.model.records import Event, Sender
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.packs.pack import Pack
from rtdebug.packs.peers import by_event

_NAME = 3  # a type that a pack knows weighs more than a field
_MOST_KNOWN = 0.5


def choose(events: Iterable[Event], packs: Iterable[str]) -> str:
    """The pack that knows most of the events; the default where nothing tells them apart."""
    seen = {(event.sender, event.type): event for event in events}.values()
    by_server = [one for one in seen if one.sender is Sender.SERVER]
    peers = [by_event(one.type, one.payload) for one in by_server]
    scores = {
        name: sum(_points(load_pack(name), one) for one in seen)
        + _NAME * any(peer is not None and peer.pack == name for peer in peers)
        for name in _widest_first(packs)
    }
    best = max(scores.values(), default=0)
    if best <= scores.get(DEFAULT_PACK, 0):
        return DEFAULT_PACK
    return next(name for name, score in scores.items() if score == best)


def _widest_first(packs: Iterable[str]) -> list[str]:
    """A dialect comes behind the protocol it extends: it must be seen to be one."""
    return sorted(packs, key=lambda name: load_pack(name).below is not None)


def best_known(types: Collection[tuple[Sender, str]], packs: Iterable[str]) -> Pack | None:
    """The pack that knows most of some types of messages, None where none knows more than half."""
    counts = {name: known_by(load_pack(name), types) for name in _widest_first(packs)}
    name = max(counts, key=counts.__getitem__, default=None)
    if name is None or counts[name] <= len(types) * _MOST_KNOWN:
        return None
    return load_pack(name)


def known_by(pack: Pack, types: Iterable[tuple[Sender, str]]) -> int:
    """How many of some types of messages a pack knows."""
    return sum(pack.role(sender, type_) is not None for sender, type_ in types)


def _points(pack: Pack, event: Event) -> int:
    points = sum(1 for pointer in pack.signs.get(event.type, ()) if _has(event.payload, pointer))
    if event.sender is Sender.SERVER:
        points *= 2  # the server's word decides where the client speaks another shape
    return points + (_NAME if _knows(pack, event) else 0)


def _knows(pack: Pack, event: Event) -> bool:
    return any(pack.role(sender, event.type) is not None for sender in Sender)


def _has(value: object, pointer: str) -> bool:
    for part in pointer.split("/")[1:]:
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True
