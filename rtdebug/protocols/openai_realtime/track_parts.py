"""Tracks the parts of items: each is added once, at the next index, and finished once."""

from __future__ import annotations

from rtdebug.engine.fields import index_of, object_of, text_of
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.comparing import Comparing
from rtdebug.protocols.openai_realtime.lanes import Lanes
from rtdebug.protocols.openai_realtime.open_responses import OpenResponses
from rtdebug.protocols.openai_realtime.responses import ContentPart, OutputItem, Response
from rtdebug.protocols.openai_realtime.track_items import ItemTracker


class PartTracker:
    """Follows part.added and part.done."""

    def __init__(
        self, known: OpenResponses, items: ItemTracker, comparing: Comparing, lanes: Lanes
    ) -> None:
        self._known = known
        self._note = known.note
        self._items = items
        self._comparing = comparing
        self._lanes = lanes

    def added(self, event: Event) -> None:
        """part.added: a part opens."""
        response = self._known.owner(event)
        if response is None:
            return
        item = self._items.of(response, event, text_of(event.payload.get("item_id")))
        index = index_of(event.payload.get("content_index"))
        number = len(item.parts) if index is None else index
        part = item.parts.get(number)
        if part is not None and part.added_seq is not None:
            message = f"part {number} of {item.id} was added twice"
            self._note("content-part-unbalanced", message, event, part.added_seq, item.id)
            return
        if part is None:
            part = self._new(item, number, event)
        self._inside(item, event)
        part.added_seq = event.seq
        part.type = text_of(object_of(event.payload.get("part")).get("type"))
        if part.type == "audio":
            self.sounds(response, event)

    def _new(self, item: OutputItem, number: int, event: Event) -> ContentPart:
        if number != len(item.parts) and event.whole and item.added_seq is not None:
            self._note(
                "content-part-unbalanced",
                f"a part of {item.id} has content_index {number} where {len(item.parts)} is next",
                event, item.added_seq, item.id,
            )  # fmt: skip
        part = item.parts[number] = ContentPart(number)
        return part

    def _inside(self, item: OutputItem, event: Event) -> None:
        if item.done_seq is not None and event.whole:
            self._note(
                "content-part-unbalanced",
                f"{event.type} came for {item.id} after that item was done",
                event, item.done_seq, item.id,
            )  # fmt: skip

    def sounds(self, response: Response, event: Event) -> None:
        """Audio came: a response that is to be text alone has none."""
        wanted = response.modalities or response.in_force
        whose = event.whole or len(self._known.open) == 1
        if wanted == ("text",) and not response.sounded and whose:
            by = "was announced as" if response.modalities else "belongs to a session of"
            self._note(
                "wrong-modality",
                f"{response.id} {by} text alone, yet {event.type} brings audio",
                event, response.seq, response.id,
            )  # fmt: skip
        response.sounded = True

    def done(self, event: Event) -> None:
        """part.done: a part closes."""
        response = self._known.owner(event)
        if response is None:
            return
        item = self._items.of(response, event, text_of(event.payload.get("item_id")))
        part = self.of(item, event)
        if part.done_seq is not None:
            message = f"part {part.index} of {item.id} was finished twice"
            self._note("content-part-unbalanced", message, event, part.done_seq, item.id)
            return
        self._inside(item, event)
        part.done_seq = event.seq
        body = object_of(event.payload.get("part"))
        self._same_type(item, part, text_of(body.get("type")), event)
        self._lanes.shut(item.id, part.streams.values())
        if event.whole:
            self._close_streams(item, part, event)
            self._comparing.part(response, item, part, body, event)

    def _same_type(
        self, item: OutputItem, part: ContentPart, type_: str | None, event: Event
    ) -> None:
        if part.type is not None and type_ not in (None, part.type) and self._known.verbatim:
            self._note(
                "content-part-unbalanced",
                f"part {part.index} of {item.id} was added as {part.type} and finished as {type_}",
                event, part.added_seq, item.id,
            )  # fmt: skip
        part.type = part.type or type_

    def _close_streams(self, item: OutputItem, part: ContentPart, event: Event) -> None:
        for kind, stream in part.streams.items():
            if stream.done_seq is None and part.added_seq is not None and stream.deltas:
                self._note(
                    "stream-unbalanced",
                    f"the {kind} of part {part.index} of {item.id} came in {stream.deltas} deltas "
                    "but was never done before its part was",
                    event, stream.last_seq, item.id, rests_on=(f"{kind}.done",),
                )  # fmt: skip

    def of(self, item: OutputItem, event: Event) -> ContentPart:
        """The part an event belongs to, made without an announcement where it had none."""
        index = event.payload.get("content_index")
        part = item.parts.get(index) if index.__class__ is int else None
        if part is not None:
            return part
        index = index_of(index)
        number = max(len(item.parts) - 1, 0) if index is None else index
        part = item.parts.get(number)
        if part is None:
            part = item.parts[number] = ContentPart(number)
            if item.added_seq is not None and event.whole and self._known.verbatim:
                self._note(
                    "content-part-unbalanced",
                    f"{event.type} names part {number} of {item.id}, which was not added",
                    event, item.added_seq, item.id,
                )  # fmt: skip
        return part
