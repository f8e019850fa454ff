"""Tracks the audio that goes in: speech, commits, and the text that is made of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from rtdebug.engine.breaches import Breaches
from rtdebug.engine.decoder import has_twice
from rtdebug.engine.fields import number_of, text_of
from rtdebug.model.findings import Severity
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.audio_in import AudioIn, Segment
from rtdebug.protocols.openai_realtime.conversation import Conversation
from rtdebug.protocols.openai_realtime.requests import Request
from rtdebug.protocols.openai_realtime.settings import Settings
from rtdebug.protocols.openai_realtime.streams import FOLD, Stream

# Servers hear a little more than was sent (padding), and our count of bytes is an estimate.
_SLACK_MS = 1000
_STAND_IN = 10  # so much more speech than audio means that the log has something in its place
_OPEN_TRANSCRIPTS = 500
_TRIMMED = 5  # blanks that are looked for at the end of a transcript


class AudioTracker:
    """Follows the input buffer of a session."""

    def __init__(
        self,
        breaches: Breaches,
        settings: Settings,
        conversation: Conversation,
        audio: AudioIn,
        *,
        strict: bool,
        sees_client: bool,
    ) -> None:
        self._breaches = breaches
        self._settings = settings
        self._conversation = conversation
        self._audio = audio
        self._strict = strict
        self._sees_client = sees_client
        self._rate: float | None = None
        # Open transcripts by item id, with the content index they belong to.
        self._transcripts: dict[str, tuple[Stream, Any]] = {}

    def append(self, event: Event) -> None:
        """audio.append: more audio; the hot path of a client."""
        payload, audio = event.payload, self._audio
        if audio.first_at is None:
            self._rate = self._settings.audio_rate("input_format")
        if not event.whole:
            audio.whole = False
        audio.append(payload.get("audio"), event.seq, event.at)
        id_ = payload.get("event_id")
        if id_:
            audio.ids.append(id_)

    # -- speech ------------------------------------------------------------------------------

    def speech_started(self, event: Event) -> None:
        """speech.started: the server hears speech and names the item it will become."""
        id_ = text_of(event.payload.get("item_id")) or f"speech at {event.seq}"
        start = number_of(event.payload.get("audio_start_ms"))
        self._starts_at(event, id_, start)
        before = self._audio.segments.get(id_)
        if before is not None and before.open and event.whole:
            message = f"speech started twice for {id_} without a stop between"
            self._note("speech-unbalanced", message, event, before.started_seq, id_)
        self._audio.started(Segment(id_, event.seq, event.at, start))

    def _starts_at(self, event: Event, id_: str, start: float | None) -> None:
        last = self._audio.segment
        if start is None or not event.whole:
            return
        if last is not None and last.start_ms is not None and start < last.start_ms:
            message = f"speech starts at {start:g} ms, before the one at {last.start_ms:g} ms"
            self._note_times(message, event, last.started_seq, id_)
        self._within_audio(event, id_, start)

    def _within_audio(self, event: Event, id_: str, ms: float) -> None:
        """Speech cannot be heard in audio that was never sent."""
        audio, rate = self._audio, self._settings.audio_rate("input_format")
        if not self._strict or rate != self._rate or not audio.credible(rate):
            return
        sent = audio.bytes / rate
        if sent + _SLACK_MS < ms < sent * _STAND_IN:
            self._note_times(
                f"{event.type} places speech of {id_} at {ms:g} ms, but only {sent:.0f} ms of "
                "audio had been sent",
                event, audio.last_seq, id_,
            )  # fmt: skip

    def speech_stopped(self, event: Event) -> None:
        """speech.stopped: the server heard the end of it."""
        id_ = text_of(event.payload.get("item_id"))
        audio = self._audio
        segment = audio.segments.get(id_ or "") or (audio.segment if id_ is None else None)
        if segment is None:
            if self._strict and event.whole:
                message = f"speech stopped for {id_}, which was never said to have started"
                self._note("speech-unbalanced", message, event, None, id_)
            return
        if segment.stopped_seq is not None and event.whole:
            message = f"speech stopped twice for {id_}"
            self._note("speech-unbalanced", message, event, segment.stopped_seq, id_)
        segment.stopped_seq, segment.stopped_at = event.seq, event.at
        end = number_of(event.payload.get("audio_end_ms"))
        if end is None or not event.whole:
            return
        if segment.start_ms is not None and end <= segment.start_ms:
            message = f"speech of {id_} ends at {end:g} ms but started at {segment.start_ms:g} ms"
            self._note_times(message, event, segment.started_seq, id_)
        self._within_audio(event, id_ or segment.item_id, end)

    # -- the buffer --------------------------------------------------------------------------

    def committed(self, event: Event, request: Request | None) -> None:
        """audio.committed: the buffer became a user item; ``request`` is a commit by hand."""
        id_ = text_of(event.payload.get("item_id"))
        audio = self._audio
        audio.commits += 1
        audio.last_commit_seq = event.seq
        audio.emptied()
        segment = audio.segments.get(id_ or "")
        if segment is not None:
            self._unstopped(segment, event, request)
            segment.committed_seq = event.seq
        elif self._strict and id_ is not None:
            self._renamed(event, id_)

    def _unstopped(self, segment: Segment, event: Event, request: Request | None) -> None:
        """Only a commit by hand ends a stretch of speech without a stop (capture of 2026-09)."""
        if segment.open and request is None and self._strict and self._sees_client:
            self._note(
                "speech-unbalanced",
                f"{segment.item_id} was committed although its speech had not stopped and the "
                "client had not asked for it",
                event, segment.started_seq, segment.item_id, Severity.WARNING,
            )  # fmt: skip

    def _renamed(self, event: Event, id_: str) -> None:
        segment = self._audio.segment
        if segment is not None and segment.committed_seq is None and segment.stopped_seq:
            if not segment.cleared and event.whole:
                self._note(
                    "speech-unbalanced",
                    f"speech was announced as {segment.item_id} but {id_} was committed",
                    event, segment.stopped_seq, id_,
                )  # fmt: skip

    def cleared(self, event: Event) -> None:
        """audio.cleared: the buffer is empty again, and what was being heard is gone."""
        self._audio.emptied()
        if self._audio.segment is not None:
            self._audio.segment.cleared = True

    # -- transcripts -------------------------------------------------------------------------

    def transcript_delta(self, event: Event) -> None:
        """transcription.delta: a piece of what was heard."""
        id_ = text_of(event.payload.get("item_id"))
        if id_ is None:
            return
        index = event.payload.get("content_index")
        stream, opened = self._transcripts.get(id_, (None, None))
        if stream is None or opened != index:
            stream = Stream("transcription")
            self._transcripts[id_] = (stream, index)
            if len(self._transcripts) > _OPEN_TRANSCRIPTS:
                del self._transcripts[next(iter(self._transcripts))]
        stream.add(text_of(event.payload.get("delta")) or "", event.seq, event.at)

    def transcript(self, item_id: str) -> Stream | None:
        """What has come so far of a transcript that is not final."""
        return self._transcripts.get(item_id, (None, None))[0]

    def fast_transcript(self, is_clean: Callable[[object], bool]) -> Callable[..., bool]:
        """The hot path of a transcription session: a valid delta of a transcript that is open."""
        open_ = self._transcripts

        def take(payload: dict[str, Any], seq: int, at: float, text: bytes | str = b"") -> bool:
            lane = open_.get(payload["item_id"])
            if lane is None or lane[1] != payload.get("content_index") or not is_clean(payload):
                return False
            if text and has_twice(text, payload):
                return False
            stream = lane[0]
            pieces = stream.pieces
            pieces.append(payload["delta"])
            stream.last_seq = seq
            stream.last_at = at
            if len(pieces) >= FOLD:
                stream.fold()
            return True

        return take

    def transcribed(self, event: Event) -> None:
        """transcription.completed or .failed: the text of a user item is final."""
        id_ = text_of(event.payload.get("item_id"))
        if id_ is None:
            return
        item = self._conversation.item(id_)
        stream, _ = self._transcripts.pop(id_, (None, None))
        whole = event.payload.get("transcript")
        if item.transcript_seq is not None and event.whole and not item.provisional:
            self._note(
                "transcription-repeated",
                f"the transcript of {id_} was final with event {item.transcript_seq}, and "
                f"{event.type} came for it again",
                event, item.transcript_seq, id_, Severity.WARNING,
            )  # fmt: skip
        elif stream is not None and isinstance(whole, str):
            self._compare(stream, whole, event, id_)
        item.transcript_seq = event.seq
        # Some servers send a completed of each interim text (seen with xAI, 2026).
        item.provisional = event.payload.get("status") == "in_progress"

    def _compare(self, stream: Stream, whole: str, event: Event, id_: str) -> None:
        if not self._strict or not event.whole or not stream.deltas or _alike(stream, whole):
            return
        self._note(
            "transcription-mismatch",
            f"the transcript of {id_} is not what its {stream.deltas} deltas add up to: "
            f"{stream.difference(whole)}",
            event, stream.last_seq, id_, Severity.WARNING,
        )  # fmt: skip

    def _note_times(
        self, message: str, event: Event, other: int | None, subject: str | None
    ) -> None:
        self._note("speech-times-inconsistent", message, event, other, subject, Severity.WARNING)

    def _note(
        self,
        name: str,
        message: str,
        event: Event,
        other: int | None,
        subject: str | None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        self._breaches.add(name, message, event.at, (other, event.seq), subject, severity)


def _alike(stream: Stream, whole: str) -> bool:
    """The same text but for blanks at its ends, which servers trim from the whole."""
    bare = whole.strip()
    lead = stream.head[: len(stream.head) - len(stream.head.lstrip())] if stream.length else ""
    if not bare:
        return len(lead) == stream.length
    blanks = stream.length - len(lead) - len(bare)
    if not 0 <= blanks <= _TRIMMED:
        return False
    return any(stream.equals(lead + bare + "".join(tail)) for tail in product(" \n", repeat=blanks))
