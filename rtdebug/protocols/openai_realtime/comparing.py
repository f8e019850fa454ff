"""Comparing: the whole of a stream, wherever it is said again, held against its deltas."""

from __future__ import annotations

from typing import Any

from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.open_responses import OpenResponses
from rtdebug.protocols.openai_realtime.responses import ContentPart, OutputItem, Response
from rtdebug.protocols.openai_realtime.streams import Stream

# The field that says a stream of that kind as a whole.
WHOLE_FIELDS = {
    "text": "text",
    "transcript": "transcript",
    "arguments": "arguments",
    "mcp_arguments": "arguments",
}
_MISMATCH = {
    "text": "text-mismatch",
    "transcript": "transcript-mismatch",
    "arguments": "arguments-mismatch",
    "mcp_arguments": "arguments-mismatch",
}
_TEXTS = ("text", "transcript")

# Clients call a function when its arguments are done: nobody suffers if they come in one piece.
_TAKEN_WHOLE = ("arguments", "mcp_arguments")


class Comparing:
    """Holds wholes against pieces, and what is said of an item twice against itself."""

    def __init__(self, known: OpenResponses) -> None:
        self._known = known

    def whole(
        self, response: Response, stream: Stream, whole: str, event: Event, id_: str | None
    ) -> None:
        """One whole text against the deltas of its stream."""
        name = _MISMATCH.get(stream.kind)
        known = self._known
        if name is None or not known.verbatim or not event.whole or not response.seen_created:
            return
        if stream.told or not (stream.deltas or stream.whole is not None):
            return
        if stream.equals(whole):
            stream.whole = whole
            return
        stream.told = True
        known.note(
            name,
            f"the {stream.kind} of {id_} in {event.type} is not what its {stream.deltas} deltas "
            f"add up to: {stream.difference(whole)}",
            event, stream.last_seq, id_, soft=response.status not in ("in_progress", "completed"),
        )  # fmt: skip

    def item(
        self, response: Response, item: OutputItem, body: dict[str, Any], event: Event
    ) -> None:
        """Everything an item says of itself again: arguments, and the texts of its content."""
        stream, arguments = item.arguments, body.get("arguments")
        if stream is not None and isinstance(arguments, str) and stream.done_seq is not None:
            self.whole(response, stream, arguments, event, item.id)
        content, parts = body.get("content"), item.parts
        if not parts or not isinstance(content, list):
            return
        for index, piece in enumerate(content):
            part = parts.get(index)
            if part is None or piece.__class__ is not dict:
                continue
            for kind, stream in part.streams.items():
                whole = piece.get(kind)
                # Most often it is the very text that was found right a moment ago.
                if whole != stream.whole and isinstance(whole, str):
                    self.whole(response, stream, whole, event, item.id)

    def part(
        self,
        response: Response,
        item: OutputItem,
        part: ContentPart,
        body: dict[str, Any],
        event: Event,
    ) -> None:
        """What a part says of itself at its end; a text that never came in pieces is missing."""
        for kind in _TEXTS:
            whole, stream = body.get(kind), part.streams.get(kind)
            if stream is None:
                if whole and part.added_seq is not None:
                    self.missing(response, kind, event, part.added_seq, item.id)
            elif whole != stream.whole and isinstance(whole, str):
                self.whole(response, stream, whole, event, item.id)

    def missing(
        self, response: Response, kind: str, event: Event, opened: int | None, id_: str | None
    ) -> None:
        """A whole without a single delta."""
        if not (response.seen_created and event.whole):
            return
        self._known.note(
            "output-deltas-missing",
            f"the {kind} of {id_ or response.id} is complete, yet not one delta of it came",
            event, opened, response.id, also=response.seq, rests_on=(f"{kind}.delta",),
            soft=kind in _TAKEN_WHOLE,
        )  # fmt: skip

    def said_again(
        self,
        item: OutputItem,
        body: dict[str, Any],
        event: Event,
        names: tuple[str, ...] = ("type", "role", "call_id", "name"),
    ) -> None:
        """What an item is does not change while it is written."""
        get = body.get
        if get("call_id") == item.call_id and get("name") == item.name:
            if get("type") == item.type and get("role") == item.role:
                return
        if not self._known.verbatim or not event.whole:
            return
        for name in names:
            before, now = getattr(item, name), body.get(name)
            if before and isinstance(now, str) and now and now != before:
                self._known.note(
                    "output-mismatch",
                    f"the {name} of {item.id} was {before} and is {now} in {event.type}",
                    event, item.added_seq, item.id,
                )  # fmt: skip
