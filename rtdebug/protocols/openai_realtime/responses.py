"""Responses: what the server is saying, as the grammar of a response has it.

A response holds items, an item parts or arguments, a part streams. Only open responses are held in
full; of a finished one a summary stays. Where the record cannot show a beginning (a log that starts
late, an elided payload) nothing is called missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rtdebug.model.records import Event
from rtdebug.model.results import ResponseSummary
from rtdebug.protocols.openai_realtime.requests import Request
from rtdebug.protocols.openai_realtime.streams import Stream

KEPT_SUMMARIES = 1000


# What nothing has been said of yet is None on the class: there are many of these objects, and
# setting a dozen fields of each to None is a tenth of what tracking costs.


class ContentPart:
    """One content part of an item; ``type`` is text or audio."""

    type: str | None = None
    added_seq: int | None = None
    done_seq: int | None = None

    def __init__(self, index: int) -> None:
        self.index = index
        self.streams: dict[str, Stream] = {}


class OutputItem:
    """One item of a response; ``arguments`` is the stream of a call's arguments; ``misplaced``:
    that an event places it elsewhere has been said; ``said``: the item as its done had it,
    held against all that was known of it, until another event of it comes."""

    id: str | None = None
    type: str | None = None
    role: str | None = None
    status: str | None = None
    call_id: str | None = None
    name: str | None = None
    added_seq: int | None = None
    done_seq: int | None = None
    arguments: Stream | None = None
    misplaced = False
    said: dict[str, Any] | None = None

    def __init__(self, index: int | None) -> None:
        self.index = index
        self.parts: dict[int, ContentPart] = {}

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


class Response:
    """One response. ``request`` is the client event that asked for it, None when the server's own
    turn detection did; ``seen_created`` is False when the log starts inside it; ``sounded``:
    audio of it has come; ``unmarked``: it began without the metadata of its request;
    ``named``: its id is the server's.
    ``modalities`` are those it names itself, ``in_force`` those of the session when it began.
    ``smooth``: it ended so that none of the rules which explain odd ends (rule.py) can have
    anything to say."""

    request: Request | None = None
    cancel_seq: int | None = None
    conversation: str | None = "auto"
    modalities: tuple[str, ...] | None = None
    in_force: tuple[str, ...] | None = None
    output_format: str | None = None
    metadata: dict[str, Any] | None = None
    status = "in_progress"
    done_seq: int | None = None
    done_at: float | None = None
    done_whole = True
    details: dict[str, Any] | None = None
    usage: dict[str, Any] | None = None
    output: list[dict[str, Any]] | None = None
    sounded = False
    smooth = False
    unmarked = False
    named = True

    def __init__(self, id_: str, event: Event, *, seen_created: bool) -> None:
        self.id = id_
        self.seq = event.seq
        self.at = event.at
        self.seen_created = seen_created
        self.created_whole = event.whole
        self.items: list[OutputItem] = []
        self.by_id: dict[str, OutputItem] = {}
        self.event_seq, self.event_at = event.seq, event.at

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
        streams = [stream.last_seq for _, _, stream in self.streams()]
        return max(self.event_seq, *streams) if streams else self.event_seq

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

    def streams(self) -> Iterator[tuple[OutputItem, ContentPart | None, Stream]]:
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
