"""Responses: what the server is saying, as the grammar of a response has it.

A response holds items, an item parts or arguments, a part streams. Only open responses are held in
full; of a finished one a summary stays. Where the record cannot show a beginning (a log that starts
late, an elided payload) nothing is called missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rtdebug.engine.requests import Request
from rtdebug.engine.streams import Stream
from rtdebug.model.records import Event
from rtdebug.model.results import ResponseSummary

KEPT_SUMMARIES = 1000


class Part:
    """One content part of an item; ``type`` is text or audio."""

    __slots__ = ("added_seq", "done_seq", "index", "streams", "type")

    def __init__(self, index: int) -> None:
        self.index = index
        self.type: str | None = None
        self.added_seq: int | None = None
        self.done_seq: int | None = None
        self.streams: dict[str, Stream] = {}


class OutputItem:
    """One item of a response; ``arguments`` is the stream of a call's arguments; ``misplaced``:
    that an event places it elsewhere has been said."""

    __slots__ = ("added_seq", "arguments", "arguments_text", "call_id", "done_seq", "id", "index",
                 "misplaced", "name", "parts", "role", "status", "type")  # fmt: skip

    def __init__(self, index: int | None) -> None:
        self.index = index
        self.id: str | None = None
        self.type: str | None = None
        self.role: str | None = None
        self.status: str | None = None
        self.added_seq: int | None = None
        self.done_seq: int | None = None
        self.parts: dict[int, Part] = {}
        self.misplaced = False
        self.arguments: Stream | None = None
        self.arguments_text: str | None = None
        self.call_id: str | None = None
        self.name: str | None = None

    @property
    def deltas(self) -> int:
        """Pieces that came, of any stream."""
        inner = sum(stream.deltas for part in self.parts.values() for stream in
                    part.streams.values())  # fmt: skip
        return inner + (self.arguments.deltas if self.arguments else 0)

    def stream_deltas(self, kind: str) -> int:
        """Pieces that came of one kind of stream."""
        return sum(
            part.streams[kind].deltas for part in self.parts.values() if kind in part.streams
        )

    def stream_length(self, kind: str) -> int:
        """Characters (or audio bytes) that came of one kind of stream."""
        return sum(
            part.streams[kind].length for part in self.parts.values() if kind in part.streams
        )


class Response:
    """One response. ``request`` is the client event that asked for it, None when the server's own
    turn detection did; ``seen_created`` is False when the log starts inside it; ``sounded``:
    audio of it has come."""

    __slots__ = ("at", "by_id", "cancel_seq", "conversation", "created_whole", "details", "done_at",
                 "done_seq", "done_whole", "event_at", "event_seq", "id", "items", "metadata",
                 "modalities", "output", "output_format", "request", "seen_created", "seq",
                 "sounded", "status", "usage")  # fmt: skip

    def __init__(self, id_: str, event: Event, *, seen_created: bool) -> None:
        self.id = id_
        self.seq = event.seq
        self.at = event.at
        self.seen_created = seen_created
        self.created_whole = event.whole
        self.sounded = False
        self.request: Request | None = None
        self.cancel_seq: int | None = None
        self.conversation: str | None = "auto"
        self.modalities: tuple[str, ...] | None = None
        self.output_format: str | None = None
        self.metadata: dict[str, Any] | None = None
        self.items: list[OutputItem] = []
        self.by_id: dict[str, OutputItem] = {}
        self.event_seq, self.event_at = event.seq, event.at
        self.status = "in_progress"
        self.done_seq: int | None = None
        self.done_at: float | None = None
        self.done_whole = True
        self.details: dict[str, Any] | None = None
        self.usage: dict[str, Any] | None = None
        self.output: list[dict[str, Any]] | None = None

    @property
    def out_of_band(self) -> bool:
        """Whether it writes to no conversation."""
        return self.conversation is None

    @property
    def last_at(self) -> float:
        """When its latest event came."""
        return max([self.event_at, *(stream.last_at for _, _, stream in self.streams())])

    @property
    def last_seq(self) -> int:
        """Its latest event."""
        latest = self.event_seq
        for _, _, stream in self.streams():
            latest = max(latest, stream.last_seq)
        return latest

    @property
    def first_delta_at(self) -> float | None:
        """When its first delta came, None before."""
        firsts = [stream.first_at for _, _, stream in self.streams() if stream.first_seq]
        return min(firsts, default=None)

    def deltas(self, *kinds: str) -> int:
        """Deltas that came, of some kinds of stream or of all."""
        count = 0  # without the generator of all streams: every response that is done is asked
        for item in self.items:
            stream = item.arguments
            if stream is not None and (not kinds or stream.kind in kinds):
                count += stream.deltas
            for part in item.parts.values():
                for kind, stream in part.streams.items():
                    if not kinds or kind in kinds:
                        count += stream.deltas
        return count

    def length(self, *kinds: str) -> int:
        """Characters (of audio: bytes) that came in some kinds of stream."""
        return sum(stream.length for _, _, stream in self.streams() if stream.kind in kinds)

    def streams(self) -> Iterator[tuple[OutputItem, Part | None, Stream]]:
        """Every stream with where it belongs."""
        for item in self.items:
            if item.arguments is not None:
                yield item, None, item.arguments
            for part in item.parts.values():
                for stream in part.streams.values():
                    yield item, part, stream

    def summary(self, audio_rate: float) -> ResponseSummary:
        """What a report says of it; ``audio_rate`` is bytes a millisecond."""
        first_at = self.first_delta_at
        first = None if first_at is None else round(first_at - self.at, 6)
        duration = None if self.done_at is None else round(self.done_at - self.at, 6)
        return ResponseSummary(
            id=self.id,
            status=self.status,
            items=len(self.items),
            deltas=self.deltas(),
            chars=self.length("text", "transcript", "arguments", "mcp_arguments"),
            audio_ms=int(self.length("audio") / audio_rate) if audio_rate else 0,
            first_delta=first,
            duration=duration,
            usage=self.usage,
        )
