"""Lanes: the open streams, found by item id, so that the next delta reaches its stream at once.

A delta that differs from a valid one of its stream in nothing but its strings is valid too, so a
lane keeps what a valid delta held beside them: comparing it costs a fifth of what a schema does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from operator import itemgetter
from typing import Any

from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.streams import Stream

STREAMS = ("text", "transcript", "arguments", "audio", "mcp_arguments")
# The strings in which the deltas of one stream differ.
VARIES = frozenset({"event_id", "delta", "obfuscation"})


class Lane:
    """One open stream, and how its deltas are told: they have ``count`` fields, ``pick`` takes from
    them what is ``same`` in all, ``padded`` ones have an obfuscation, and without what varies their
    text has ``around`` characters."""

    __slots__ = ("around", "count", "padded", "pick", "same", "stream")

    def __init__(self, stream: Stream, event: Event) -> None:
        payload = event.payload
        self.stream = stream
        self.count = len(payload)
        self.padded = "obfuscation" in payload
        self.pick = _pick(tuple(payload))
        self.same = self.pick(payload)
        self.around = -1
        if event.text and type(event) is Event:
            varying = sum(len(str(payload.get(field, ""))) for field in VARIES)
            self.learn(event.text, len(event.text) - varying)

    def learn(self, text: bytes | str, around: int) -> None:
        """A text without fault has so many characters around what varies, if it is written as it
        reads: an escape, or a letter of several bytes, would count as more."""
        if text.isascii() and ("\\" if isinstance(text, str) else b"\\") not in text:  # type: ignore[operator]
            self.around = around


@lru_cache(maxsize=64)
def _pick(fields: tuple[str, ...]) -> Callable[[dict[str, Any]], Any]:
    """What takes from a delta with these fields all that does not vary."""
    return itemgetter(*(field for field in fields if field not in VARIES))


class Lanes:
    """For each kind of stream: item id -> its lane. A stream is offered when a delta of it has
    taken the whole way, and gets its lane when that delta was without fault."""

    __slots__ = ("_offered", "by_kind")

    def __init__(self) -> None:
        self.by_kind: dict[str, dict[str, Lane]] = {kind: {} for kind in STREAMS}
        self._offered: tuple[Stream, str, int] | None = None

    def offer(self, stream: Stream, item_id: str, seq: int) -> None:
        """Event ``seq`` is a delta of this stream, and the next of that item most likely too."""
        self._offered = (stream, item_id, seq)

    def open(self, event: Event) -> None:
        """The delta that has just been tracked was valid, and nothing in it was unknown."""
        if self._offered is not None and self._offered[2] == event.seq:
            stream, item_id, _ = self._offered
            self.by_kind[stream.kind][item_id] = Lane(stream, event)

    def shut(self, item_id: str | None, streams: Iterable[Stream]) -> None:
        """What follows for these streams takes the whole way, where it is held against them."""
        for stream in streams:
            lane = self.by_kind[stream.kind].get(item_id or "")
            if lane is not None and lane.stream is stream:
                del self.by_kind[stream.kind][item_id or ""]
