"""What the scripted server does with each client event: the provider's answer, or its error.

Every refusal is one ``error`` event and changes nothing (openai realtime reference).
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from rtdebug.model.records import Event
from rtdebug.packs.violations import SchemaViolation
from rtdebug.scenario import responder_names as names
from rtdebug.scenario.beta_shape import TRANSCRIPTION_UPDATE, BetaShape
from rtdebug.scenario.mock_script import Json, MockScript
from rtdebug.scenario.reply_choice import Replies
from rtdebug.scenario.responder_checks import (
    Rejected,
    invalid_type,
    missing,
    rejected,
    unknown_type,
)
from rtdebug.scenario.responder_ear import Ear
from rtdebug.scenario.responder_items import ServerConversation, call_id_of, shown, unknown_call
from rtdebug.scenario.responder_output import Performance
from rtdebug.scenario.responder_request import (
    asked_items,
    heard,
    input_tokens,
    response_settings,
)
from rtdebug.scenario.responder_session import REALTIME, TRANSCRIPTION, merged
from rtdebug.scenario.responder_stage import ServerStage
from rtdebug.scenario.responder_transcript import transcribe

CheckEvent: TypeAlias = Callable[[dict[str, Any]], Sequence[SchemaViolation]]

_LEAST_COMMIT = 100  # ms
_MOST_APPEND = 15 * 1024 * 1024  # bytes


class Answers:
    """One session: its settings, its conversation, its ear, and what it answers."""

    def __init__(
        self,
        script: MockScript,
        stage: ServerStage,
        ids: names.Ids,
        session: Json,
        check_event: CheckEvent | None,
        beta: BetaShape | None = None,
    ) -> None:
        self._script = script
        self._stage = stage
        self._ids = ids
        self._session = session
        self._check_event = check_event
        self._conversation = ServerConversation()
        self._conversation_id = ids.next("conv")
        self._ear = Ear(script.speech)
        self._speaking_item: str | None = None  # announced when speech began
        self._responses = 0
        self._replies = Replies(script.replies)
        answers: dict[str, Callable[[Json, float], None]] = {
            names.SESSION_UPDATE: self._update_session,
            names.APPEND: self._append,
            names.COMMIT: self._commit,
            names.CLEAR: self._clear,
            names.ITEM_CREATE: self._create_item,
            names.ITEM_RETRIEVE: self._retrieve_item,
            names.ITEM_TRUNCATE: self._truncate_item,
            names.ITEM_DELETE: self._delete_item,
            names.RESPONSE_CREATE: self._create_response,
            names.RESPONSE_CANCEL: self._cancel_response,
        }
        taken = names.CLIENT_EVENTS if self._is_realtime else names.TRANSCRIPTION_EVENTS
        self._answers = {type_: answers[type_] for type_ in taken}
        self._beta = beta
        if beta is not None and not self._is_realtime:
            self._answers[TRANSCRIPTION_UPDATE] = self._answers.pop(names.SESSION_UPDATE)

    @property
    def _is_realtime(self) -> bool:
        return self._session.get("type") == REALTIME

    def greet(self, at: float) -> None:
        """The first word is the server's."""
        self._stage.say({"type": names.SESSION_CREATED, "session": self._session}, at)

    def answer(self, event: Event) -> None:
        """Answers a client event; whatever is wrong with it becomes an error event."""
        event_id = event.payload.get("event_id")
        told = event_id if isinstance(event_id, str) else None
        if not self._stage.meet(event.type, event.at, told):
            return
        try:
            self._check(event)
            payload = event.payload if self._beta is None else self._beta.heard(event.payload)
            self._answers[event.type](payload, event.at)
        except Rejected as no:
            self._stage.fail(no.error, event.at, told)

    def _check(self, event: Event) -> None:
        if event.type not in self._answers:
            raise unknown_type(event.type, tuple(self._answers))
        if event.type != names.APPEND and not _is_finite(event.payload):
            raise Rejected("The message holds a number that JSON does not have.", "invalid_json")
        if self._check_event is not None:
            refusal = rejected(event.payload, self._check_event(event.payload))
            if refusal is not None:
                raise refusal

    # The session

    def _update_session(self, payload: Json, at: float) -> None:
        update = _need(payload, "session", dict, "an object")
        wanted = update.get("type")
        if wanted is None:
            raise missing("session.type")
        if wanted in (REALTIME, TRANSCRIPTION) and wanted != self._session["type"]:
            raise Rejected(
                f"Passing a {wanted} session update event to a {self._session['type']} session "
                "is not allowed.",
                param="session.type",
            )
        session = merged(self._session, update)
        if self._conversation.has_speech and _voice(session) != _voice(self._session):
            raise Rejected(
                "Cannot update a conversation's voice if assistant audio is present.",
                "cannot_update_voice",
            )
        self._session = session
        self._stage.say({"type": names.SESSION_UPDATED, "session": session}, at)

    @property
    def _heard(self) -> Mapping[str, Any]:
        return _map(_map(self._session.get("audio")).get("input"))

    # Audio

    def _append(self, payload: Json, at: float) -> None:
        text = _need(payload, "audio", str, "a string")
        try:
            sound = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise Rejected(
                "Invalid 'audio'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) "
                "but got an invalid value.",
                param="audio",
            ) from None
        if len(sound) > _MOST_APPEND:
            raise Rejected(
                "Invalid 'audio': an event holds at most 15 MiB of audio.",
                "string_above_max_length",
                "audio",
            )
        detection = self._heard.get("turn_detection")
        detection = detection if isinstance(detection, Mapping) else None
        kind = str(_map(self._heard.get("format")).get("type"))
        for speech in self._ear.hear(sound, kind, detection):
            if speech.began:
                self._speech_began(speech.at_ms, _map(detection), at)
            else:
                self._speech_ended(speech.at_ms, speech.say, _map(detection), at)

    def _speech_began(self, at_ms: int, detection: Mapping[str, Any], at: float) -> None:
        self._speaking_item = self._free_id()
        place = {"audio_start_ms": at_ms, "item_id": self._speaking_item}
        self._stage.say({"type": names.SPEECH_STARTED, **place}, at)
        current = self._stage.current
        if current is not None and detection.get("interrupt_response") is not False:
            self._stage.cancel(current, "turn_detected", at)

    def _speech_ended(
        self, at_ms: int, say: str | None, detection: Mapping[str, Any], at: float
    ) -> None:
        place = {"audio_end_ms": at_ms, "item_id": self._speaking_item}
        self._stage.say({"type": names.SPEECH_STOPPED, **place}, at)
        self._end_turn(at, say)
        if self._is_realtime and detection.get("create_response") is not False:
            try:
                self._respond({}, at)
            except Rejected as no:
                self._stage.fail(no.error, at, None)

    def _commit(self, _payload: Json, at: float) -> None:
        length = self._ear.buffered_ms
        if length < _LEAST_COMMIT:
            raise Rejected(
                "Error committing input audio buffer: buffer too small. Expected at least "
                f"{_LEAST_COMMIT}ms of audio, but buffer only has {length:.2f}ms of audio.",
                "input_audio_buffer_commit_empty",
            )
        self._end_turn(at, None)

    def _end_turn(self, at: float, say: str | None) -> None:
        length = self._ear.buffered_ms
        item_id = self._speaking_item or self._free_id()
        self._speaking_item = None
        part: Json = {"type": "input_audio", "transcript": None}
        item = {
            "id": item_id,
            "type": "message",
            "status": "completed",
            "role": "user",
            "content": [part],
        }
        text = self._script.transcription.text if say is None else say
        sound = self._ear.take()
        previous = self._conversation.add(item, sound=sound, sound_ms=length, said=text)
        place = {"previous_item_id": previous, "item_id": item_id}
        self._stage.say({"type": names.COMMITTED, **place}, at)
        self._announce(item, previous, at)
        asked = self._heard.get("transcription")
        if isinstance(asked, Mapping):
            model = asked.get("model")
            self._stage.play(transcribe(self._script, item_id, part, text, model, length), at)

    def _clear(self, _payload: Json, at: float) -> None:
        self._ear.clear()
        self._speaking_item = None
        self._stage.say({"type": names.CLEARED}, at)

    # Items

    def _create_item(self, payload: Json, at: float) -> None:
        item = _need(payload, "item", dict, "an object")
        if item.get("type") == "function_call_output":
            call_id = call_id_of(item, "item")
            if not self._conversation.has_call(call_id):
                raise unknown_call(call_id)
        item_id = item.get("id")
        kept = shown(item, item_id if isinstance(item_id, str) else self._free_id())
        if kept.get("type") == "function_call":
            kept.setdefault("call_id", self._ids.next("call"))
        after = payload.get("previous_item_id")
        previous = self._conversation.add(
            kept, after if isinstance(after, str) else None, sound=_sound_of(item)
        )
        self._announce(kept, previous, at)

    def _announce(self, item: Json, previous: str | None, at: float) -> None:
        for type_ in (names.ITEM_ADDED, names.ITEM_DONE):
            self._stage.say({"type": type_, "previous_item_id": previous, "item": item}, at)

    def _retrieve_item(self, payload: Json, at: float) -> None:
        item_id = _need(payload, "item_id", str, "a string")
        kept = self._conversation.need(item_id, "retrieving", "item_retrieve_invalid_item_id")
        item = dict(kept.item)
        if kept.sound:
            sound = base64.b64encode(kept.sound).decode()
            item["content"] = [
                {**part, "audio": sound} if part.get("type") == "input_audio" else part
                for part in item["content"]
            ]
        self._stage.say({"type": names.ITEM_RETRIEVED, "item": item}, at)

    def _truncate_item(self, payload: Json, at: float) -> None:
        item_id = _need(payload, "item_id", str, "a string")
        index = _need(payload, "content_index", int, "an integer")
        end = _need(payload, "audio_end_ms", int, "an integer")
        self._conversation.truncate(item_id, index, end)
        place = {"item_id": item_id, "content_index": index, "audio_end_ms": end}
        self._stage.say({"type": names.ITEM_TRUNCATED, **place}, at)

    def _delete_item(self, payload: Json, at: float) -> None:
        item_id = _need(payload, "item_id", str, "a string")
        self._conversation.remove(item_id)
        self._stage.say({"type": names.ITEM_DELETED, "item_id": item_id}, at)

    def _free_id(self) -> str:
        item_id = self._ids.next("item")
        while item_id in self._conversation:
            item_id = self._ids.next("item")
        return item_id

    # Responses

    def _create_response(self, payload: Json, at: float) -> None:
        self._respond(_map(payload.get("response")), at)

    def _respond(self, wanted: Mapping[str, Any], at: float) -> None:
        out_of_band = wanted.get("conversation") == "none"
        current = self._stage.current
        if current is not None and not out_of_band:
            raise Rejected(
                f"Conversation already has an active response in progress: {current.id}. "
                "Wait until the response is finished before creating a new one.",
                "conversation_already_has_active_response",
            )
        items = asked_items(wanted, self._conversation)
        asked = input_tokens(wanted, self._session, items, self._conversation)
        self._responses += 1
        said = heard(self._responses, wanted, self._session, items, self._conversation)
        reply = self._replies.next(said)
        settings = response_settings(wanted, self._session)
        performance = Performance(
            self._script,
            reply,
            {**settings, "conversation_id": self._conversation_id},
            None if out_of_band else self._conversation,
            self._ids,
            asked,
        )
        self._stage.play(performance.steps(), at, performance)

    def _cancel_response(self, payload: Json, at: float) -> None:
        response_id = payload.get("response_id")
        going_on = (
            self._stage.find(response_id) if isinstance(response_id, str) else self._stage.current
        )
        if going_on is None:
            raise Rejected(
                "Cancellation failed: no active response found", "response_cancel_not_active"
            )
        self._stage.cancel(going_on, "client_cancelled", at)


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _voice(session: Mapping[str, Any]) -> Any:
    return _map(_map(session.get("audio")).get("output")).get("voice")


def _need(payload: Mapping[str, Any], name: str, kind: type, expected: str) -> Any:
    """A field that has to be there, of its JSON type."""
    value = payload.get(name)
    if value is None:
        raise missing(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise invalid_type(name, expected, value)
    return value


def _sound_of(item: Mapping[str, Any]) -> bytes:
    """The sound a client put into an item itself."""
    content = item.get("content")
    for part in content if isinstance(content, list) else []:
        audio = _map(part).get("audio")
        if _map(part).get("type") == "input_audio" and isinstance(audio, str):
            try:
                return base64.b64decode(audio, validate=True)
            except (binascii.Error, ValueError):
                raise Rejected(
                    "Invalid 'item.content.audio'. Expected base64-encoded audio bytes.",
                    param="item.content",
                ) from None
    return b""


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(_is_finite(part) for part in value.values())
    return not isinstance(value, list) or all(_is_finite(part) for part in value)
