"""The audio a client sends: how much, in which segments, and what the server made of it."""

from __future__ import annotations


class Segment:
    """One stretch of speech the server heard, by the id of the item it becomes."""

    __slots__ = ("at", "committed_seq", "item_id", "start_ms", "started_seq", "stopped_at",
                 "stopped_seq")  # fmt: skip

    def __init__(self, item_id: str, seq: int, at: float, start_ms: float | None) -> None:
        self.item_id = item_id
        self.started_seq = seq
        self.at = at
        self.start_ms = start_ms
        self.stopped_seq: int | None = None
        self.stopped_at: float | None = None
        self.committed_seq: int | None = None


class AudioIn:
    """Counters of what was appended. Bytes are decoded bytes, estimated from base64 lengths."""

    __slots__ = ("appends", "bytes", "bytes_since_commit", "commits", "first_at", "first_seq",
                 "last_at", "last_commit_seq", "last_seq", "segment", "segments", "since_commit_at",
                 "since_speech_at", "since_speech_seq", "speech_starts")  # fmt: skip

    def __init__(self) -> None:
        self.appends = 0
        self.bytes = 0
        self.bytes_since_commit = 0
        self.commits = 0
        self.first_at: float | None = None
        self.first_seq: int | None = None
        self.last_at = 0.0
        self.last_seq = 0
        self.last_commit_seq: int | None = None
        self.since_commit_at: float | None = None
        self.since_speech_at: float | None = None
        self.since_speech_seq: int | None = None
        self.segment: Segment | None = None
        self.segments: dict[str, Segment] = {}
        self.speech_starts = 0

    def append(self, length: int, seq: int, at: float) -> None:
        """One append of ``length`` base64 characters."""
        if self.first_at is None:
            self.first_at, self.first_seq = at, seq
        if self.since_commit_at is None:
            self.since_commit_at = at
        if self.since_speech_at is None:
            self.since_speech_at, self.since_speech_seq = at, seq
        self.appends += 1
        self.bytes += length * 3 // 4
        self.bytes_since_commit += length * 3 // 4
        self.last_at, self.last_seq = at, seq

    def emptied(self) -> None:
        """The buffer was committed or cleared."""
        self.bytes_since_commit = 0
        self.since_commit_at = None

    def started(self, segment: Segment) -> None:
        """Speech began."""
        self.speech_starts += 1
        self.segment = segment
        self.segments[segment.item_id] = segment
        self.since_speech_at = None
        if len(self.segments) > 1000:
            del self.segments[next(iter(self.segments))]
