"""Tracks the conversation: its items, how they are announced, and the calls among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rtdebug.engine.breaches import Breaches
from rtdebug.engine.fields import object_of, text_of
from rtdebug.model.findings import Severity
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.audio_in import AudioIn
from rtdebug.protocols.openai_realtime.conversation import Conversation, Item
from rtdebug.protocols.openai_realtime.requests import Request

# Written by hand at the head of a conversation, or in place of "none before".
_HEAD = ("", "root")
_SPOKEN = ("message", "function_call")


class ConversationTracker:
    """Follows items from their creation to their end. ``wrote`` tells whether a response holds an
    item of that id; servers that announce no items make it known in no other way."""

    def __init__(
        self,
        breaches: Breaches,
        conversation: Conversation,
        audio: AudioIn,
        wrote: Callable[[str], bool],
        *,
        strict: bool,
    ) -> None:
        self._breaches = breaches
        self._conversation = conversation
        self._audio = audio
        self._wrote = wrote
        self._strict = strict

    def item_create(self, event: Event) -> None:
        """item.create: the client adds an item, perhaps under an id of its own."""
        body = object_of(event.payload.get("item"))
        id_ = text_of(body.get("id"))
        if id_ is not None and id_ not in self._conversation.items:
            item = self._conversation.item(id_)
            item.by_client, item.created_at = event.seq, event.at
            item.describe(body)
        call_id = text_of(body.get("call_id"))
        if body.get("type") == "function_call_output" and call_id is not None:
            call = self._conversation.calls.get(call_id)
            if call is not None and call.answered_seq is None:
                call.answered_seq, call.answered_at = event.seq, event.at

    def item_added(self, event: Event, request: Request | None, *, awaited: bool) -> None:
        """item.added or item.created: an item is in the conversation; ``request`` asked for it,
        and after item.added its done is awaited."""
        body = object_of(event.payload.get("item"))
        id_ = text_of(body.get("id"))
        if id_ is None:
            return
        item = self._conversation.item(id_)
        if item.added_seq is not None:
            message = f"{id_} was added to the conversation twice"
            self._note("conversation-item-unbalanced", message, event, item.added_seq, id_)
            return
        item.added_seq, item.added_at, item.awaited = event.seq, event.at, awaited
        item.unplaced = event.whole and "previous_item_id" not in event.payload
        if request is not None:
            item.by_client = request.seq
            self._status(item, body, object_of(request.payload.get("item")), event)
        item.describe(body)
        if event.payload.get("previous_item_id"):
            self._previous(event, id_)

    def _status(
        self, item: Item, body: dict[str, Any], asked: dict[str, Any], event: Event
    ) -> None:
        """What a client adds is complete at once, unless it says itself that it is not."""
        status = body.get("status")
        expected = text_of(asked.get("status")) or "completed"
        if not isinstance(status, str) or status == expected or body.get("type") not in _SPOKEN:
            return
        if event.whole and self._strict:
            self._note(
                "status-inconsistent",
                f"{item.id}, an item of the client's, was added as {status}",
                event, item.by_client, item.id, Severity.WARNING,
            )  # fmt: skip

    def _previous(self, event: Event, id_: str) -> None:
        previous = event.payload.get("previous_item_id")
        known = self._conversation
        if previous.__class__ is not str or previous in known.items or previous in _HEAD:
            return
        if not self._strict or not event.whole or not known.complete:
            return
        if previous not in self._audio.segments and not self._wrote(previous):
            self._note(
                "dangling-previous-item",
                f"{id_} is said to follow {previous}, an item nobody has heard of",
                event, None, id_,
            )  # fmt: skip

    def item_done(self, event: Event) -> None:
        """item.done: an item of the conversation is complete."""
        body = object_of(event.payload.get("item"))
        id_ = text_of(body.get("id"))
        if id_ is None:
            return
        item = self._conversation.item(id_)
        if item.done_seq is not None:
            message = f"{id_} was done twice"
            self._note("conversation-item-unbalanced", message, event, item.done_seq, id_)
            return
        if item.added_seq is None and self._strict and event.whole:
            self._note(
                "conversation-item-unbalanced",
                f"{id_} was done without having been added to the conversation",
                event, item.by_client, id_,
            )  # fmt: skip
        item.done_seq = event.seq
        item.describe(body)
        if event.payload.get("previous_item_id"):
            self._previous(event, id_)

    def item_deleted(self, event: Event) -> None:
        """item.deleted: an item is gone."""
        id_ = text_of(event.payload.get("item_id"))
        if id_ is not None and id_ in self._conversation.items:
            self._conversation.items[id_].deleted = True

    def committed(self, event: Event) -> None:
        """audio.committed: the audio is about to become a user item."""
        id_ = text_of(event.payload.get("item_id"))
        if id_ is None:
            return
        item = self._conversation.item(id_)
        if item.committed_seq is not None:
            message = f"{id_} was committed twice"
            self._note("speech-unbalanced", message, event, item.committed_seq, id_)
        item.committed_seq, item.audio, item.role = event.seq, True, "user"
        self._previous(event, id_)

    def call(self, event: Event, item: dict[str, Any]) -> None:
        """A function call of the model is complete."""
        call_id = text_of(item.get("call_id"))
        if call_id is None:
            return
        call = self._conversation.call(call_id, event)
        call.name = text_of(item.get("name")) or call.name
        call.item_id = text_of(item.get("id")) or call.item_id
        call.response_id = text_of(event.payload.get("response_id")) or call.response_id

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
