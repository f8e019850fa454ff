"""The audio a client sends: how much, in which segments, and what the server made of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from rtdebug.protocols.openai_realtime.audio_pace import Pace
from rtdebug.protocols.openai_realtime.audio_probe import FIRST, AudioProbe
from rtdebug.protocols.openai_realtime.sound import Declared, Hearing, is_zero

_IDS_KEPT = 2000
_LEAST_CHUNK = 100  # bytes; 20 ms of G.711 are 160
_LEAST_SHARE = 0.12  # G.711 that was declared as 24 kHz PCM is a sixth of it


class Segment:
    """One stretch of speech the server heard, by the id of the item it becomes. ``cleared``: the
    client threw the audio away."""

    __slots__ = ("at", "cleared", "committed_seq", "item_id", "start_ms", "started_seq",
                 "stopped_at", "stopped_seq")  # fmt: skip

    def __init__(self, item_id: str, seq: int, at: float, start_ms: float | None) -> None:
        self.item_id = item_id
        self.started_seq = seq
        self.at = at
        self.start_ms = start_ms
        self.stopped_seq: int | None = None
        self.stopped_at: float | None = None
        self.committed_seq: int | None = None
        self.cleared = False

    @property
    def open(self) -> bool:
        """Whether speech goes on as far as anyone has said."""
        return self.stopped_seq is None and self.committed_seq is None and not self.cleared


class AudioIn:
    """Counters of what was appended. Bytes are decoded bytes, estimated from base64 lengths.
    ``ids`` are the event ids of the latest appends.

    ``declared`` is asked for the format. ``whole`` is False once an append was elided: then bytes
    tell nothing. ``began`` are called with the time when audio comes again after a commit or after
    speech: rules that wait for what should follow it register there, since they are not shown
    appends one by one.
    """

    __slots__ = ("_law", "appends", "began", "bytes", "bytes_since_commit", "commits", "declared",
                 "first_at", "first_seq", "hearing", "ids", "last_at", "last_commit_seq",
                 "last_seq", "pace", "probe", "segment", "segments", "since_commit_at",
                 "since_commit_seq", "since_speech_at", "since_speech_seq", "speech_starts",
                 "whole")  # fmt: skip

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
        self.ids: deque[str] = deque(maxlen=_IDS_KEPT)
        self.since_commit_seq: int | None = None
        self.whole = True
        self.probe = AudioProbe()
        self.pace = Pace()
        self.hearing = Hearing()
        self.declared: Callable[[], Declared] = lambda: (0.0, "")
        self._law = ""
        self.began: list[Callable[[float], None]] = []

    def append(self, audio: object, seq: int, at: float) -> None:
        """One append; ``audio`` is what the event holds, base64 text unless something is wrong."""
        size = len(audio) * 3 // 4 if isinstance(audio, str) else 0
        if self.since_commit_at is None or self.since_speech_at is None:
            self._begin(seq, at)
        elif at - self.last_at > self.pace.longest_gap:
            self.pace.longest_gap = at - self.last_at
        self.appends = number = self.appends + 1
        self.bytes += size
        self.bytes_since_commit += size
        self.last_at, self.last_seq = at, seq
        if at >= self.pace.next_mark:
            self.pace.mark(at, self.bytes)
        if number <= FIRST or (not number & 63 and self.probe.wants(number)):
            self.probe.look(audio, seq, number)
        hearing = self.hearing
        hearing.left -= size
        if hearing.left < 0 and isinstance(audio, str):
            declared = self.declared()
            self._law = declared[1]
            hearing.listen(audio, size, at, declared)
        if hearing.zero and isinstance(audio, str) and audio:
            hearing.zero = is_zero(audio, self._law)

    def _begin(self, seq: int, at: float) -> None:
        if self.first_at is None:
            self.first_at, self.first_seq = at, seq
        elif at - self.last_at > self.pace.longest_gap:
            self.pace.longest_gap = at - self.last_at
        if self.since_commit_at is None:
            self.since_commit_at, self.since_commit_seq = at, seq
        if self.since_speech_at is None:
            self.since_speech_at, self.since_speech_seq = at, seq
        for began in self.began:
            began(at)

    def credible(self, rate: float) -> bool:
        """Whether the payloads are the audio itself and not short stand-ins in a shortened log:
        they are whole, of a size that chunks of audio have, and not far fewer than the clock asks
        for. ``rate`` is the declared one, in bytes a millisecond."""
        if not self.whole or self.bytes < _LEAST_CHUNK * self.appends:
            return False
        clocked = self.pace.average()
        return clocked is None or clocked >= _LEAST_SHARE * rate

    def emptied(self) -> None:
        """The buffer was committed or cleared."""
        self.bytes_since_commit = 0
        self.since_commit_at = self.since_commit_seq = None

    def started(self, segment: Segment) -> None:
        """Speech began."""
        self.speech_starts += 1
        self.segment = segment
        self.segments[segment.item_id] = segment
        self.since_speech_at = None
        if len(self.segments) > 1000:
            del self.segments[next(iter(self.segments))]
