"""Tracks responses: holds the events of each against the grammar of a response.

    response = created  item*  done
    item     = output_item.added  (part* | arguments)  output_item.done
    part     = part.added  stream  part.done

Frames of different responses may interleave, so everything is partitioned by response id first.
(OpenAI Realtime reference; captures of 2024 to 2026.)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from rtdebug.engine.breaches import Breaches
from rtdebug.engine.requests import Requests
from rtdebug.engine.responses import KEPT_SUMMARIES, OutputItem, Part, Response
from rtdebug.engine.streams import FOLD, Stream, decoded_length
from rtdebug.model.findings import Severity
from rtdebug.model.records import Event

_FINISHED_KEPT = 1000
_TEXT_FIELDS = {"text": "text", "transcript": "transcript", "arguments": "arguments"}
_MISMATCH = {
    "text": "text-mismatch",
    "transcript": "transcript-mismatch",
    "arguments": "arguments-mismatch",
}


STREAMS = ("text", "transcript", "arguments", "audio", "mcp_arguments")
Lane = tuple[Stream, str, Any]


class ResponseTracker:
    """All responses of a session. ``open`` by id, ``finished`` maps an id to its last event."""

    def __init__(
        self, breaches: Breaches, requests: Requests, *, from_start: bool, verbatim: bool
    ) -> None:
        self._breaches = breaches
        self._requests = requests
        self._from_start = from_start
        self._verbatim = verbatim
        # Open streams by item id: what the next delta most likely belongs to.
        self._lanes: dict[str, dict[str, Lane]] = {kind: {} for kind in STREAMS}
        self.open: dict[str, Response] = {}
        self.finished: dict[str, int] = {}
        self.done: deque[Response] = deque(maxlen=KEPT_SUMMARIES)
        self.latest: Response | None = None
        self.count = 0
        self.unsolicited = 0

    # -- responses ---------------------------------------------------------------------------

    def created(self, event: Event) -> None:
        """response.created: a response opens."""
        body = _object(event.payload.get("response"))
        id_ = _text(body.get("id")) or f"response {self.count + 1}"
        if id_ in self.open or id_ in self.finished:
            first = self.finished.get(id_) or self.open[id_].seq
            self._note("response-repeated", f"{id_} was created a second time", event, first, id_)
            return
        response = Response(id_, event, seen_created=True)
        response.request = self._requests.answered("response.created", event)
        _describe_response(response, body)
        others = [other for other in self.open.values() if not other.out_of_band]
        if others and not response.out_of_band:
            self._second_active(response, others[-1], event)
        self.count += 1
        self.unsolicited += response.request is None
        self.open[id_] = self.latest = response

    def _second_active(self, response: Response, other: Response, event: Event) -> None:
        if other.items and all(item.done_seq for item in other.items):
            return  # its response.done is what is missing; that has a name of its own
        self._note(
            "two-active-responses",
            f"{response.id} was created while {other.id} was still open; only one response may "
            "write to the conversation at a time",
            event, other.seq, response.id,
        )  # fmt: skip

    def finish(self, event: Event) -> Response | None:
        """response.done: a response closes. Returns it."""
        body = _object(event.payload.get("response"))
        id_ = _text(body.get("id"))
        if id_ is not None and id_ in self.finished:
            self._note(
                "response-repeated", f"{id_} was finished twice", event, self.finished[id_], id_
            )
            return None
        response = self.open.get(id_) if id_ is not None else self.latest_open()
        if response is None:
            response = self._unseen(id_ or "a response", event)
        _describe_response(response, body)
        response.done_seq, response.done_at = event.seq, event.at
        response.done_whole = event.whole
        response.event_seq, response.event_at = event.seq, event.at
        response.status = _text(body.get("status")) or "done"
        response.details = _object(body.get("status_details")) or None
        response.usage = _object(body.get("usage")) or None
        output = body.get("output")
        if isinstance(output, list):
            response.output = [one for one in output if isinstance(one, dict)]
        self._close_items(response, event)
        self._forget(response)
        return response

    def _close_items(self, response: Response, event: Event) -> None:
        if not event.whole or not response.seen_created:
            return
        for item in response.items:
            if item.done_seq is None and item.added_seq is not None:
                self._note(
                    "output-item-unbalanced",
                    f"{item.id or 'an item'} of {response.id} was added but never finished "
                    "before the response was",
                    event, item.added_seq, item.id, soft=response.status != "completed",
                )  # fmt: skip
        self._compare_output(response, event)

    def _compare_output(self, response: Response, event: Event) -> None:
        if response.output is None or not self._verbatim:
            return
        listed = [_text(item.get("id")) for item in response.output]
        seen = [item.id for item in response.items if item.done_seq is not None]
        if None in listed or listed == seen or response.status != "completed":
            return
        self._note(
            "output-mismatch",
            f"the output of {response.id} lists {_names(listed)}, but the items that were "
            f"finished are {_names(seen)}",
            event, response.seq, response.id,
        )  # fmt: skip

    def _forget(self, response: Response) -> None:
        self.open.pop(response.id, None)
        for lanes in self._lanes.values():
            for item_id in response.by_id:
                lanes.pop(item_id, None)
        self.finished[response.id] = response.last_seq
        if len(self.finished) > _FINISHED_KEPT:
            del self.finished[next(iter(self.finished))]
        self.done.append(response)

    def latest_open(self) -> Response | None:
        """The youngest open response."""
        return next(reversed(self.open.values()), None)

    def _unseen(self, id_: str, event: Event) -> Response:
        """A response whose beginning the record does not show."""
        if self._from_start and event.whole and self.count >= 0 and self._verbatim:
            self._note(
                "event-outside-response",
                f"{event.type} names {id_}, which was never created",
                event, None, id_,
            )  # fmt: skip
        response = Response(id_, event, seen_created=False)
        response.modalities = None
        self.open[id_] = self.latest = response
        return response

    def _owner(self, event: Event) -> Response | None:
        id_ = event.payload.get("response_id")
        if not isinstance(id_, str):
            return self.latest_open() or (
                None if event.whole else self._unseen("a response", event)
            )
        response = self.open.get(id_)
        if response is None:
            if id_ in self.finished:
                self._note(
                    "event-outside-response",
                    f"{event.type} came for {id_} after that response was done",
                    event, self.finished[id_], id_,
                )  # fmt: skip
                return None
            response = self._unseen(id_, event)
        response.event_seq, response.event_at = event.seq, event.at
        return response

    # -- items -------------------------------------------------------------------------------

    def item_added(self, event: Event) -> None:
        """output_item.added: an item opens."""
        response = self._owner(event)
        if response is None:
            return
        body = _object(event.payload.get("item"))
        id_ = _text(body.get("id"))
        index = _index(event.payload.get("output_index"))
        if id_ is not None and id_ in response.by_id:
            if response.by_id[id_].added_seq is None:
                _describe_item(response.by_id[id_], body).added_seq = event.seq
                return
            first = response.by_id[id_].added_seq
            self._note("output-item-unbalanced", f"{id_} was added twice", event, first, id_)
            return
        if index is not None and event.whole and response.seen_created:
            self._expect_index(response, index, event)
        item = OutputItem(index)
        item.added_seq = event.seq
        self._keep(response, _describe_item(item, body))

    def _expect_index(self, response: Response, index: int, event: Event) -> None:
        expected = len(response.items)
        if index != expected:
            self._note(
                "output-item-unbalanced",
                f"an item of {response.id} has output_index {index} where {expected} is next",
                event, response.last_seq, response.id,
            )  # fmt: skip

    @staticmethod
    def _keep(response: Response, item: OutputItem) -> None:
        response.items.append(item)
        if item.id is not None:
            response.by_id[item.id] = item

    def _item(self, response: Response, event: Event, id_: str | None) -> OutputItem:
        """The item an event belongs to, made without an announcement where it had none."""
        item = response.by_id.get(id_) if id_ is not None else None
        if item is None and id_ is None and response.items:
            index = _index(event.payload.get("output_index"))
            fitting = [one for one in response.items if index is None or one.index == index]
            item = fitting[-1] if fitting else None
        if item is None:
            item = OutputItem(_index(event.payload.get("output_index")))
            item.id = id_
            if response.seen_created and event.whole and self._verbatim:
                self._note(
                    "output-item-unbalanced",
                    f"{event.type} names {id_ or 'an item'}, which was not added to {response.id}",
                    event, response.seq, id_,
                )  # fmt: skip
            self._keep(response, item)
        return item

    def item_done(self, event: Event) -> None:
        """output_item.done: an item closes."""
        response = self._owner(event)
        if response is None:
            return
        body = _object(event.payload.get("item"))
        item = self._item(response, event, _text(body.get("id")))
        if item.done_seq is not None:
            self._note(
                "output-item-unbalanced", f"{item.id} was finished twice", event, item.done_seq,
                item.id,
            )  # fmt: skip
            return
        index = _index(event.payload.get("output_index"))
        if index is not None and item.index is not None and index != item.index:
            self._note(
                "output-item-unbalanced",
                f"{item.id} was added at output_index {item.index} and finished at {index}",
                event, item.added_seq, item.id,
            )  # fmt: skip
        _describe_item(item, body)
        item.done_seq = event.seq
        if item.added_seq is not None and event.whole:
            self._close_parts(item, event)
            self._compare_content(response, item, body, event)

    def _close_parts(self, item: OutputItem, event: Event) -> None:
        for part in item.parts.values():
            if part.done_seq is None and part.added_seq is not None:
                self._note(
                    "content-part-unbalanced",
                    f"part {part.index} of {item.id} was added but not finished before its item",
                    event, part.added_seq, item.id, soft=item.status == "incomplete",
                )  # fmt: skip
        stream = item.arguments
        if stream is not None and stream.done_seq is None and stream.deltas:
            self._note(
                "stream-unbalanced",
                f"the arguments of {item.id} came in {stream.deltas} deltas but were never done",
                event, stream.last_seq, item.id, soft=item.status == "incomplete",
            )  # fmt: skip

    def _compare_content(
        self, response: Response, item: OutputItem, body: dict[str, Any], event: Event
    ) -> None:
        if item.arguments is not None and isinstance(body.get("arguments"), str):
            self._compare(response, item.arguments, body["arguments"], event, item.id)
        content = body.get("content")
        if not isinstance(content, list):
            return
        for index, part in enumerate(content):
            streams = item.parts[index].streams if index in item.parts else {}
            for kind in ("text", "transcript"):
                whole = part.get(kind) if isinstance(part, dict) else None
                if kind in streams and isinstance(whole, str):
                    self._compare(response, streams[kind], whole, event, item.id)

    # -- parts -------------------------------------------------------------------------------

    def part_added(self, event: Event) -> None:
        """part.added: a part opens."""
        response = self._owner(event)
        if response is None:
            return
        item = self._item(response, event, _text(event.payload.get("item_id")))
        index = _index(event.payload.get("content_index"))
        number = len(item.parts) if index is None else index
        part = item.parts.get(number)
        if part is not None and part.added_seq is not None:
            self._note(
                "content-part-unbalanced", f"part {number} of {item.id} was added twice", event,
                part.added_seq, item.id,
            )  # fmt: skip
            return
        if part is None:
            if number != len(item.parts) and event.whole and item.added_seq is not None:
                self._note(
                    "content-part-unbalanced",
                    f"a part of {item.id} has content_index {number} where {len(item.parts)} "
                    "is next",
                    event, item.added_seq, item.id,
                )  # fmt: skip
            part = item.parts[number] = Part(number)
        part.added_seq = event.seq
        part.type = _text(_object(event.payload.get("part")).get("type"))

    def part_done(self, event: Event) -> None:
        """part.done: a part closes."""
        response = self._owner(event)
        if response is None:
            return
        item = self._item(response, event, _text(event.payload.get("item_id")))
        part = self._part(response, item, event)
        if part.done_seq is not None:
            self._note(
                "content-part-unbalanced", f"part {part.index} of {item.id} was finished twice",
                event, part.done_seq, item.id,
            )  # fmt: skip
            return
        part.done_seq = event.seq
        body = _object(event.payload.get("part"))
        part.type = part.type or _text(body.get("type"))
        if not event.whole:
            return
        for kind, stream in part.streams.items():
            if stream.done_seq is None and part.added_seq is not None and stream.deltas:
                self._note(
                    "stream-unbalanced",
                    f"the {kind} of part {part.index} of {item.id} came in {stream.deltas} deltas "
                    "but was never done before its part was",
                    event, stream.last_seq, item.id,
                )  # fmt: skip
            whole = body.get(kind)
            if isinstance(whole, str) and kind in _TEXT_FIELDS:
                self._compare(response, stream, whole, event, item.id)
        self._without_stream(response, item, part, body, event)

    def _without_stream(
        self, response: Response, item: OutputItem, part: Part, body: dict[str, Any], event: Event
    ) -> None:
        """A part that has its text although nothing was ever said to be streamed."""
        for kind in ("text", "transcript"):
            if kind not in part.streams and body.get(kind) and part.added_seq is not None:
                self._missing_deltas(response, kind, event, part.added_seq, item.id)

    def _part(self, response: Response, item: OutputItem, event: Event) -> Part:
        index = _index(event.payload.get("content_index"))
        number = max(len(item.parts) - 1, 0) if index is None else index
        part = item.parts.get(number)
        if part is None:
            part = item.parts[number] = Part(number)
            if item.added_seq is not None and event.whole and self._verbatim:
                self._note(
                    "content-part-unbalanced",
                    f"{event.type} names part {number} of {item.id}, which was not added",
                    event, item.added_seq, item.id,
                )  # fmt: skip
        return part

    # -- streams -----------------------------------------------------------------------------

    def delta(self, kind: str) -> Callable[[Event], None]:
        """The tracker of one kind of delta: text, transcript, arguments or audio."""

        def track(event: Event) -> None:
            response = self._owner(event)
            if response is None:
                return
            stream = self._stream(response, kind, event)
            item_id = _text(event.payload.get("item_id"))
            if stream.done_seq is not None:
                self._note(
                    "stream-unbalanced",
                    f"a {kind} delta of {item_id} came after its done",
                    event, stream.done_seq, item_id,
                )  # fmt: skip
            piece = event.payload.get("delta")
            stream.add(piece if isinstance(piece, str) else "", event.seq, event.at)
            if stream.done_seq is None and item_id is not None and event.whole:
                index = event.payload.get("content_index")
                self._lanes[kind][item_id] = (stream, response.id, index)

        return track

    def fast_delta(self, kind: str) -> Callable[[dict[str, Any], int, float], bool]:
        """The hot path of everything: a valid delta of a stream that is open, taken without a
        record. False when the delta needs the whole way after all."""
        lanes = self._lanes[kind]
        is_audio = kind == "audio"

        def take(payload: dict[str, Any], seq: int, at: float) -> bool:
            lane = lanes.get(payload["item_id"])
            if (
                lane is None
                or lane[1] != payload["response_id"]
                or lane[2] != payload.get("content_index")
            ):
                return False
            stream = lane[0]
            piece = payload["delta"]
            if is_audio:
                if len(piece) & 3:
                    return False
                piece = decoded_length(piece)
            pieces = stream.pieces
            pieces.append(piece)
            stream.last_seq = seq
            stream.last_at = at
            if len(pieces) >= FOLD:
                stream.fold()
            return True

        return take

    def _stream(self, response: Response, kind: str, event: Event) -> Stream:
        item = self._item(response, event, _text(event.payload.get("item_id")))
        if kind in ("arguments", "mcp_arguments"):
            if item.arguments is None:
                item.arguments = Stream(kind)
            item.call_id = item.call_id or _text(event.payload.get("call_id"))
            return item.arguments
        part = self._part(response, item, event)
        if part.done_seq is not None and self._verbatim:
            self._note(
                "stream-unbalanced",
                f"{event.type} came for part {part.index} of {item.id} after that part was done",
                event, part.done_seq, item.id,
            )  # fmt: skip
        return part.streams.setdefault(kind, Stream(kind))

    def stream_done(self, kind: str) -> Callable[[Event], None]:
        """The tracker of one kind of done: a stream closes and its whole is compared."""
        text_field = _TEXT_FIELDS.get(kind.removeprefix("mcp_"))

        def track(event: Event) -> None:
            response = self._owner(event)
            if response is None:
                return
            stream = self._stream(response, kind, event)
            item_id = _text(event.payload.get("item_id"))
            if stream.done_seq is not None:
                self._note(
                    "stream-unbalanced", f"the {kind} of {item_id} was done twice", event,
                    stream.done_seq, item_id,
                )  # fmt: skip
                return
            stream.done_seq = event.seq
            self._lanes[kind].pop(item_id or "", None)
            whole = event.payload.get(text_field) if text_field else None
            if isinstance(whole, str):
                if not stream.deltas and whole:
                    self._missing_deltas(response, kind, event, None, item_id)
                else:
                    self._compare(response, stream, whole, event, item_id)

        return track

    def _missing_deltas(
        self, response: Response, kind: str, event: Event, opened: int | None, id_: str | None
    ) -> None:
        if not (response.seen_created and event.whole):
            return
        self._breaches.add(
            "output-deltas-missing",
            f"the {kind} of {id_ or response.id} is complete, yet not one delta of it came",
            event.at, (response.seq, opened, event.seq), response.id,
        )  # fmt: skip

    def _compare(
        self, response: Response, stream: Stream, whole: str, event: Event, id_: str | None
    ) -> None:
        name = _MISMATCH.get(stream.kind.removeprefix("mcp_"))
        if name is None or not self._verbatim or not event.whole or not response.seen_created:
            return
        if not stream.deltas or stream.equals(whole):
            return
        self._note(
            name,
            f"the {stream.kind} of {id_} in {event.type} is not what its {stream.deltas} deltas "
            f"add up to: {stream.difference(whole)}",
            event, stream.last_seq, id_, soft=response.status not in ("in_progress", "completed"),
        )  # fmt: skip

    # -- MCP calls ---------------------------------------------------------------------------

    def mcp_call(self, event: Event) -> None:
        """mcp_call.*: no response id on the wire, so joined by item id (official SDK types)."""
        id_ = event.payload.get("item_id")
        for response in self.open.values():
            if isinstance(id_, str) and id_ in response.by_id:
                response.event_seq, response.event_at = event.seq, event.at

    # -- notes -------------------------------------------------------------------------------

    def _note(
        self,
        name: str,
        message: str,
        event: Event,
        other: int | None,
        subject: str | None,
        *,
        soft: bool = False,
    ) -> None:
        severity = Severity.WARNING if soft else Severity.ERROR
        self._breaches.add(name, message, event.at, (other, event.seq), subject, severity)


def _describe_response(response: Response, body: dict[str, Any]) -> None:
    request = response.request.payload.get("response") if response.request else None
    asked = request if isinstance(request, dict) else {}
    if "conversation_id" in body:
        none = body["conversation_id"] is None
        response.conversation = None if none and asked.get("conversation") != "auto" else "auto"
    if asked.get("conversation") == "none":
        response.conversation = None
    for name in ("output_modalities", "modalities"):
        if isinstance(body.get(name), list):
            response.modalities = tuple(str(part) for part in body[name])
    if isinstance(body.get("metadata"), dict):
        response.metadata = body["metadata"]
    response.status = _text(body.get("status")) or response.status


def _describe_item(item: OutputItem, body: dict[str, Any]) -> OutputItem:
    for name in ("id", "type", "role", "status", "call_id", "name"):
        value = body.get(name)
        if isinstance(value, str):
            setattr(item, name, value)
    if isinstance(body.get("arguments"), str):
        item.arguments_text = body["arguments"]
    return item


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _index(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _names(ids: list[str | None]) -> str:
    return ", ".join(id_ or "an item without id" for id_ in ids) or "nothing"
