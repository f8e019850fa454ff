"""Tracks the items of responses: each is added once, at the next index, and finished once."""

from __future__ import annotations

from typing import Any

from rtdebug.engine.fields import index_of, object_of, text_of, text_or
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.comparing import Comparing
from rtdebug.protocols.openai_realtime.lanes import Lanes
from rtdebug.protocols.openai_realtime.open_responses import OpenResponses
from rtdebug.protocols.openai_realtime.responses import OutputItem, Response

# Items that are written in front of the client's eyes; others may come in one piece.
_WRITTEN = ("message", "function_call")


class ItemTracker:
    """Follows output_item.added and output_item.done."""

    def __init__(self, known: OpenResponses, comparing: Comparing, lanes: Lanes) -> None:
        self._known = known
        self._note = known.note
        self._comparing = comparing
        self._lanes = lanes

    def added(self, event: Event) -> None:
        """output_item.added: an item opens."""
        response = self._known.owner(event)
        if response is None:
            return
        body = object_of(event.payload.get("item"))
        id_ = text_of(body.get("id"))
        index = index_of(event.payload.get("output_index"))
        named = response.by_id.get(id_) if id_ is not None else None
        if named is not None:
            self._again(named, body, event)
            return
        if index is not None and event.whole and response.seen_created:
            self._expect_index(response, index, event)
        item = OutputItem(index)
        item.added_seq = event.seq
        _describe(item, body)
        if item.status not in (None, "in_progress") and item.type in _WRITTEN and event.whole:
            self._note(
                "status-inconsistent",
                f"{item.id} is said to be {item.status} when it is only added",
                event, None, item.id, soft=True,
            )  # fmt: skip
        keep(response, item)

    def _again(self, item: OutputItem, body: dict[str, Any], event: Event) -> None:
        if item.added_seq is None:
            item.added_seq = event.seq
            _describe(item, body)
            return
        message = f"{item.id} was added twice"
        self._note("output-item-unbalanced", message, event, item.added_seq, item.id)

    def _expect_index(self, response: Response, index: int, event: Event) -> None:
        expected = len(response.items)
        if index != expected:
            self._note(
                "output-item-unbalanced",
                f"an item of {response.id} has output_index {index} where {expected} is next",
                event, response.last_seq, response.id,
            )  # fmt: skip

    def of(self, response: Response, event: Event, id_: str | None) -> OutputItem:
        """The item an event belongs to, made without an announcement where it had none."""
        item = response.by_id.get(id_) if id_ is not None else self._unnamed(response, event)
        index = event.payload.get("output_index")
        if item is not None:
            item.said = None  # there is more of it than what its done has said
            if index.__class__ is int and index == item.index:
                return item
        index = index_of(index)
        if item is None:
            return self._unannounced(response, event, id_, index)
        if index is not None and index != item.index and item.index is not None and event.whole:
            self._misplaced(item, index, event)
        return item

    def _misplaced(self, item: OutputItem, index: int, event: Event) -> None:
        """An event that places its item elsewhere; said once, its deltas all do the same."""
        if not item.misplaced:
            item.misplaced = True
            self._note(
                "output-item-unbalanced",
                f"{item.id} was added at output_index {item.index}, but {event.type} places it "
                f"at {index}",
                event, item.added_seq, item.id,
            )  # fmt: skip

    @staticmethod
    def _unnamed(response: Response, event: Event) -> OutputItem | None:
        index = index_of(event.payload.get("output_index"))
        fitting = [one for one in response.items if index is None or one.index == index]
        return fitting[-1] if fitting else None

    def _unannounced(
        self, response: Response, event: Event, id_: str | None, index: int | None
    ) -> OutputItem:
        item = OutputItem(index)
        item.id = id_
        if response.seen_created and event.whole and self._known.verbatim:
            self._note(
                "output-item-unbalanced",
                f"{event.type} names {id_ or 'an item'}, which was not added to {response.id}",
                event, response.seq, id_,
            )  # fmt: skip
        keep(response, item)
        return item

    def done(self, event: Event) -> None:
        """output_item.done: an item closes."""
        response = self._known.owner(event)
        if response is None:
            return
        body = object_of(event.payload.get("item"))
        item = self.of(response, event, text_of(body.get("id")))
        if item.done_seq is not None:
            message = f"{item.id} was finished twice"
            self._note("output-item-unbalanced", message, event, item.done_seq, item.id)
            return
        self._comparing.said_again(item, body, event)
        _describe(item, body)
        item.done_seq = event.seq
        if item.added_seq is not None and event.whole:
            self._close_parts(item, event)
            self._comparing.item(response, item, body, event)
            item.said = body

    def mirrored(self, event: Event) -> None:
        """item.done: the conversation says again what a response has written."""
        body = object_of(event.payload.get("item"))
        found = self._known.item(text_of(body.get("id")) or "")
        if found is not None and event.whole:
            response, item = found
            self._comparing.said_again(item, body, event)
            self._comparing.item(response, item, body, event)

    def _close_parts(self, item: OutputItem, event: Event) -> None:
        soft = item.status == "incomplete"
        for part in item.parts.values():
            self._lanes.shut(item.id, part.streams.values())
            if part.done_seq is None and part.added_seq is not None and self._known.verbatim:
                self._note(
                    "content-part-unbalanced",
                    f"part {part.index} of {item.id} was added but not finished before its item",
                    event, part.added_seq, item.id, soft=soft,
                )  # fmt: skip
        stream = item.arguments
        if stream is None or stream.done_seq is not None or not stream.deltas:
            return
        self._lanes.shut(item.id, (stream,))
        if self._known.verbatim:
            self._note(
                "stream-unbalanced",
                f"the arguments of {item.id} came in {stream.deltas} deltas but were never done",
                event, stream.last_seq, item.id, soft=soft, rests_on=(f"{stream.kind}.done",),
            )  # fmt: skip

    def close(self, response: Response, event: Event) -> None:
        """response.done: what is open now was never finished."""
        for item in response.items:
            if item.done_seq is None:
                self._lanes.shut(item.id, (stream for part in item.parts.values() for stream in
                                           part.streams.values()))  # fmt: skip
                if item.arguments is not None:
                    self._lanes.shut(item.id, (item.arguments,))
        if not event.whole or not response.seen_created or not self._known.verbatim:
            return
        for item in response.items:
            if item.done_seq is None and item.added_seq is not None:
                self._note(
                    "output-item-unbalanced",
                    f"{item.id or 'an item'} of {response.id} was added but never finished "
                    "before the response was",
                    event, item.added_seq, item.id, soft=response.status != "completed",
                )  # fmt: skip


def keep(response: Response, item: OutputItem) -> None:
    """Puts an item into its response."""
    response.items.append(item)
    if item.id is not None:
        response.by_id[item.id] = item


def _describe(item: OutputItem, body: dict[str, Any]) -> None:
    # Field by field: three events of every item come through here.
    get = body.get
    item.id = text_or(get("id"), item.id)
    item.type = text_or(get("type"), item.type)
    item.role = text_or(get("role"), item.role)
    item.status = text_or(get("status"), item.status)
    item.call_id = text_or(get("call_id"), item.call_id)
    item.name = text_or(get("name"), item.name)
