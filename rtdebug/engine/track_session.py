"""Tracks the session beside its responses: settings, conversation items, audio in, errors."""

from __future__ import annotations

from typing import Any

from rtdebug.engine.audio_in import AudioIn, Segment
from rtdebug.engine.breaches import Breaches
from rtdebug.engine.conversation import Conversation, Item
from rtdebug.engine.requests import Requests
from rtdebug.engine.settings import Settings
from rtdebug.model.findings import Severity
from rtdebug.model.records import Event


class SessionTracker:
    """Follows what belongs to no single response."""

    def __init__(
        self,
        breaches: Breaches,
        requests: Requests,
        settings: Settings,
        conversation: Conversation,
        audio: AudioIn,
        *,
        from_start: bool,
        verbatim: bool,
        mirrors: bool,
    ) -> None:
        self._breaches = breaches
        self._requests = requests
        self._settings = settings
        self._conversation = conversation
        self._audio = audio
        self._strict = from_start and verbatim
        self._mirrors = mirrors

    # -- client ------------------------------------------------------------------------------

    def append(self, event: Event) -> None:
        """audio.append: more audio; the hot path of a client."""
        audio = event.payload.get("audio")
        self._audio.append(len(audio) if isinstance(audio, str) else 0, event.seq, event.at)

    def item_create(self, event: Event) -> None:
        """item.create: the client adds an item, perhaps under an id of its own."""
        body = _object(event.payload.get("item"))
        id_ = _text(body.get("id"))
        if id_ is not None and id_ not in self._conversation.items:
            item = self._conversation.item(id_)
            item.by_client, item.created_at = event.seq, event.at
            item.describe(body)
        call_id = _text(body.get("call_id"))
        if body.get("type") == "function_call_output" and call_id is not None:
            call = self._conversation.calls.get(call_id)
            if call is not None and call.answered_seq is None:
                call.answered_seq, call.answered_at = event.seq, event.at

    def commit_or_clear(self, event: Event) -> None:
        """audio.commit, audio.clear: the buffer is to be emptied."""

    # -- server ------------------------------------------------------------------------------

    def item_added(self, event: Event) -> None:
        """item.added or item.created: an item is in the conversation."""
        body = _object(event.payload.get("item"))
        id_ = _text(body.get("id"))
        if id_ is None:
            return
        item = self._conversation.item(id_)
        if item.added_seq is not None:
            self._note(
                "conversation-item-unbalanced", f"{id_} was added to the conversation twice",
                event, item.added_seq, id_,
            )  # fmt: skip
            return
        item.added_seq, item.added_at = event.seq, event.at
        item.describe(body)
        self._previous(event, id_)

    def _previous(self, event: Event, id_: str) -> None:
        previous = event.payload.get("previous_item_id")
        known = self._conversation
        if not isinstance(previous, str) or previous in ("", "root") or not self._strict:
            return
        if not event.whole or not known.complete:
            return
        if previous not in known.items:
            self._note(
                "dangling-previous-item",
                f"{id_} is said to follow {previous}, an item nobody has heard of",
                event, None, id_,
            )  # fmt: skip

    def item_done(self, event: Event) -> None:
        """item.done: an item of the conversation is complete."""
        body = _object(event.payload.get("item"))
        id_ = _text(body.get("id"))
        if id_ is None:
            return
        item = self._conversation.item(id_)
        if item.done_seq is not None:
            self._note(
                "conversation-item-unbalanced", f"{id_} was done twice", event, item.done_seq, id_
            )
            return
        if item.added_seq is None and self._strict and event.whole:
            self._note(
                "conversation-item-unbalanced",
                f"{id_} was done without having been added to the conversation",
                event, item.by_client, id_,
            )  # fmt: skip
        item.done_seq = event.seq
        item.describe(body)

    def item_deleted(self, event: Event) -> None:
        """item.deleted: an item is gone."""
        id_ = _text(event.payload.get("item_id"))
        if id_ is not None and id_ in self._conversation.items:
            self._conversation.items[id_].deleted = True

    def speech_started(self, event: Event) -> None:
        """speech.started: the server hears speech and names the item it will become."""
        id_ = _text(event.payload.get("item_id")) or f"speech at {event.seq}"
        self._times(event, "audio_start_ms")
        start = event.payload.get("audio_start_ms")
        self._audio.started(Segment(id_, event.seq, event.at, _number(start)))

    def speech_stopped(self, event: Event) -> None:
        """speech.stopped: the server heard the end of it."""
        id_ = _text(event.payload.get("item_id"))
        segment = self._audio.segments.get(id_ or "") or (
            self._audio.segment if id_ is None else None
        )
        if segment is None:
            if self._strict and event.whole:
                self._note(
                    "speech-unbalanced",
                    f"speech stopped for {id_}, which was never said to have started",
                    event, None, id_,
                )  # fmt: skip
            return
        if segment.stopped_seq is not None:
            self._note(
                "speech-unbalanced", f"speech stopped twice for {id_}", event,
                segment.stopped_seq, id_,
            )  # fmt: skip
        segment.stopped_seq, segment.stopped_at = event.seq, event.at
        end = _number(event.payload.get("audio_end_ms"))
        if end is not None and segment.start_ms is not None and end <= segment.start_ms:
            self._note(
                "speech-times-inconsistent",
                f"speech of {id_} ends at {end:g} ms but started at {segment.start_ms:g} ms",
                event, segment.started_seq, id_, Severity.WARNING,
            )  # fmt: skip

    def _times(self, event: Event, field: str) -> None:
        value = _number(event.payload.get(field))
        last = self._audio.segment
        if value is None or last is None or last.start_ms is None or value >= last.start_ms:
            return
        self._note(
            "speech-times-inconsistent",
            f"speech starts at {value:g} ms, before the one at {last.start_ms:g} ms",
            event, last.started_seq, _text(event.payload.get("item_id")), Severity.WARNING,
        )  # fmt: skip

    def committed(self, event: Event) -> None:
        """audio.committed: the buffer became a user item."""
        id_ = _text(event.payload.get("item_id"))
        audio = self._audio
        audio.commits += 1
        audio.last_commit_seq = event.seq
        audio.emptied()
        if id_ is not None:
            item = self._conversation.item(id_)
            if item.committed_seq is not None:
                self._note(
                    "speech-unbalanced", f"{id_} was committed twice", event, item.committed_seq,
                    id_,
                )  # fmt: skip
            item.committed_seq, item.audio, item.role = event.seq, True, "user"
            self._previous(event, id_)
            if id_ in audio.segments:
                audio.segments[id_].committed_seq = event.seq
        self._uncommitted(event, id_)

    def _uncommitted(self, event: Event, id_: str | None) -> None:
        segment = self._audio.segment
        if segment is None or segment.committed_seq is not None or not self._strict:
            return
        if segment.stopped_seq is not None and id_ is not None and segment.item_id != id_:
            self._note(
                "speech-unbalanced",
                f"speech was announced as {segment.item_id} but {id_} was committed",
                event, segment.stopped_seq, id_,
            )  # fmt: skip

    def cleared(self, event: Event) -> None:
        """audio.cleared: the buffer is empty again."""
        self._audio.emptied()

    def transcribed(self, event: Event) -> None:
        """transcription.completed or .failed: the text of a user item is final."""
        id_ = _text(event.payload.get("item_id"))
        if id_ is not None:
            self._conversation.item(id_).transcript_seq = event.seq

    def call(self, event: Event, item: dict[str, Any]) -> None:
        """A function call of the model is complete."""
        call_id = _text(item.get("call_id"))
        if call_id is None:
            return
        call = self._conversation.call(call_id, event)
        call.name = _text(item.get("name")) or call.name
        call.item_id = _text(item.get("id")) or call.item_id
        call.response_id = _text(event.payload.get("response_id")) or call.response_id

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


def known_item(conversation: Conversation, id_: str) -> Item | None:
    """The item of that id if anyone ever named it."""
    return conversation.items.get(id_)


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
