"""What the messages of one connection say of each other: ids they begin, and ids they name."""

from __future__ import annotations

from typing import Any, NamedTuple

from rtdebug.captures.pieces import Piece
from rtdebug.captures.viewing import FIRST_EVENTS

_MOST = 12
_FIELDS = ("response_id", "item_id", "call_id")
_OBJECTS = ("session", "response", "item")
_BEGINS = ("response.created", ".added", "conversation.item.created", "conversation.item.create")


class Links(NamedTuple):
    """Ids, each behind the kind of what it names. ``begun`` are those that a message introduces,
    ``named`` all."""

    begun: tuple[str, ...]
    named: tuple[str, ...]


def begins_session(piece: Piece) -> bool:
    """Whether a message is what comes first on a connection."""
    return piece.type in FIRST_EVENTS and piece.type != "setup"


def links_of(piece: Piece) -> Links:
    """The ids in a message."""
    data, begun, named = piece.data, [], []
    begins = begins_session(piece) or piece.type.endswith(_BEGINS)
    for kind in _OBJECTS:
        name = _id(data.get(kind))
        if name is not None:
            named.append(f"{kind} {name}")
            if begins:
                begun.append(f"{kind} {name}")
    for key in _FIELDS:
        name = data.get(key)
        if isinstance(name, str):
            named.append(f"{key.removesuffix('_id')} {name}")
    item = data.get("item")
    call = item.get("call_id") if isinstance(item, dict) else None
    if isinstance(call, str):
        named.append(f"call {call}")
        if begins:
            begun.append(f"call {call}")
    response = data.get("response")
    if isinstance(response, dict):
        named += [f"conversation {name}" for name in (response.get("conversation_id"),)
                  if isinstance(name, str)]  # fmt: skip
        named += _outputs(response)
    return Links(tuple(begun), tuple(named))


def _id(value: Any) -> str | None:
    name = value.get("id") if isinstance(value, dict) else None
    return name if isinstance(name, str) and name else None


def _outputs(response: dict[str, Any]) -> list[str]:
    output = response.get("output")
    if not isinstance(output, list):
        return []
    return [f"item {name}" for one in output[:_MOST] if (name := _id(one)) is not None]
