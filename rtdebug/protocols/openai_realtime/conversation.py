"""The conversation: its items, and what becomes of tool calls."""

from __future__ import annotations

from typing import Any

from rtdebug.engine.fields import text_or
from rtdebug.model.records import Event


class Item:
    """One item of the conversation. ``by_client`` is the sequence number of its creation by the
    client; ``response_id`` names the response that wrote it; ``provisional``: its transcript is
    said to go on; ``awaited``: it was added in the way that a done follows; ``unplaced``: what
    added it says nothing of what it follows."""

    # Not in __init__, as in responses.py: there are many.
    type: str | None = None
    role: str | None = None
    status: str | None = None
    call_id: str | None = None
    by_client: int | None = None
    created_at: float | None = None
    added_seq: int | None = None
    added_at: float | None = None
    done_seq: int | None = None
    committed_seq: int | None = None
    response_id: str | None = None
    transcript_seq: int | None = None
    audio = False
    deleted = False
    provisional = False
    awaited = False
    unplaced = False

    def __init__(self, id_: str) -> None:
        self.id = id_

    def describe(self, item: dict[str, Any]) -> None:
        """Takes what an event says of the item."""
        get = item.get
        self.type = text_or(get("type"), self.type)
        self.role = text_or(get("role"), self.role)
        self.status = text_or(get("status"), self.status)
        self.call_id = text_or(get("call_id"), self.call_id)
        content = get("content")
        if content and not self.audio and isinstance(content, list):
            for part in content:
                if isinstance(part, dict) and "audio" in str(part.get("type")):
                    self.audio = True


class FunctionCall:
    """One function call of the model, followed to its output and the next response."""

    __slots__ = ("answered_at", "answered_seq", "at", "call_id", "item_id", "name", "output_item",
                 "response_id", "seq")  # fmt: skip

    def __init__(self, call_id: str, event: Event) -> None:
        self.call_id = call_id
        self.seq, self.at = event.seq, event.at
        self.name: str | None = None
        self.item_id: str | None = None
        self.response_id: str | None = None
        self.answered_seq: int | None = None
        self.answered_at: float | None = None
        self.output_item: str | None = None


_MOST = 4000  # of items, and of calls: more than a session of an hour brings


class Conversation:
    """Items by id and calls by call id, oldest first, bounded."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.calls: dict[str, FunctionCall] = {}
        self.complete = True  # whether every item since the start is known

    def item(self, id_: str) -> Item:
        """The item of that id, made when it is first heard of."""
        item = self.items.get(id_)
        if item is None:
            item = self.items[id_] = Item(id_)
            if len(self.items) > _MOST:
                del self.items[next(iter(self.items))]
                self.complete = False
        return item

    def call(self, call_id: str, event: Event) -> FunctionCall:
        """The call of that id, made when it is first heard of."""
        call = self.calls.get(call_id)
        if call is None:
            call = self.calls[call_id] = FunctionCall(call_id, event)
            if len(self.calls) > _MOST:
                del self.calls[next(iter(self.calls))]
        return call
