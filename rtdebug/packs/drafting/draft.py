"""What is known of a protocol before anybody has said what its messages mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rtdebug.model.records import Sender
from rtdebug.model.value import EMPTY, Value


class Message(Value):
    """One type of message; ``schema`` and ``example`` where something tells them."""

    sender: Sender
    type: str
    schema: Mapping[str, Any] = EMPTY
    example: Mapping[str, Any] = EMPTY


class Pair(Value):
    """What always followed an ask in recordings, and how many seconds it took at most."""

    ask: str
    answer: str
    slowest: float


class Draft(Value):
    """A protocol by its messages. ``field`` names a message, ``keys`` those that have no such
    field; ``binary`` are the sides that send binary messages, ``first`` is who speaks first,
    ``source`` what all of it was taken from, ``notes`` what could not be taken."""

    title: str
    source: str
    field: str
    messages: tuple[Message, ...]
    keys: tuple[str, ...] = ()
    binary: tuple[Sender, ...] = ()
    urls: tuple[str, ...] = ()
    first: Sender | None = None
    pairs: tuple[Pair, ...] = ()
    closes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_seen: bool = False

    def of(self, sender: Sender) -> tuple[Message, ...]:
        """The messages of one side."""
        return tuple(one for one in self.messages if one.sender is sender)
