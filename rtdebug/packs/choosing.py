"""Which pack a recording speaks, by what is seen in it."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.records import Event, Sender
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.packs.pack import Pack

_NAME = 3  # a type that only one pack has weighs more than a field


def choose(events: Iterable[Event], packs: Iterable[str]) -> str:
    """The pack that most of the events point to; the default where nothing tells them apart."""
    loaded = [load_pack(name) for name in packs]
    seen = {(event.sender, event.type, event.type): event for event in events}
    scores = {
        pack.name: sum(_points(pack, loaded, one) for one in seen.values()) for pack in loaded
    }
    best = max(scores.values(), default=0)
    if best <= scores.get(DEFAULT_PACK, 0):
        return DEFAULT_PACK
    return next(name for name, score in scores.items() if score == best)


def _points(pack: Pack, packs: list[Pack], event: Event) -> int:
    points = sum(1 for pointer in pack.signs.get(event.type, ()) if _has(event.payload, pointer))
    if event.sender is Sender.SERVER:
        points *= 2  # the server's word decides where the client speaks another shape
    if _knows(pack, event) and not all(_knows(other, event) for other in packs if _shares(other)):
        points += _NAME
    return points


def _knows(pack: Pack, event: Event) -> bool:
    return any(pack.role(sender, event.type) is not None for sender in Sender)


def _shares(pack: Pack) -> bool:
    return bool(pack.roles)


def _has(value: object, pointer: str) -> bool:
    for part in pointer.split("/")[1:]:
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True
