"""Lanes: the open streams, found by item id, so that the next delta reaches its stream at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rtdebug.engine.streams import Stream

STREAMS = ("text", "transcript", "arguments", "audio", "mcp_arguments")
Lane = tuple[Stream, str, Any]


class Lanes:
    """For each kind of stream: item id -> the stream, its response id, its content index."""

    __slots__ = ("by_kind",)

    def __init__(self) -> None:
        self.by_kind: dict[str, dict[str, Lane]] = {kind: {} for kind in STREAMS}

    def open(self, stream: Stream, item_id: str, response_id: str, index: Any) -> None:
        """The next delta of that item most likely belongs to this stream."""
        self.by_kind[stream.kind][item_id] = (stream, response_id, index)

    def shut(self, item_id: str | None, streams: Iterable[Stream]) -> None:
        """What follows for these streams takes the whole way, where it is held against them."""
        for stream in streams:
            lane = self.by_kind[stream.kind].get(item_id or "")
            if lane is not None and lane[0] is stream:
                del self.by_kind[stream.kind][item_id or ""]
