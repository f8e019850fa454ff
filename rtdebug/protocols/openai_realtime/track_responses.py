"""Tracks responses: holds the events of each against the grammar of a response.

    response = created  item*  done
    item     = output_item.added  (part* | arguments)  output_item.done
    part     = part.added  stream  part.done

Frames of different responses may interleave, so everything is partitioned by response id first.
(OpenAI Realtime reference; captures of 2024 to 2026.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rtdebug.engine.breaches import Breaches
from rtdebug.engine.fields import object_of, text_of
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.comparing import Comparing
from rtdebug.protocols.openai_realtime.lanes import STREAMS, Lanes
from rtdebug.protocols.openai_realtime.open_responses import OpenResponses
from rtdebug.protocols.openai_realtime.requests import Request, Requests
from rtdebug.protocols.openai_realtime.responses import OutputItem, Response
from rtdebug.protocols.openai_realtime.sound import Declared, Ear, Hearing
from rtdebug.protocols.openai_realtime.track_items import ItemTracker
from rtdebug.protocols.openai_realtime.track_parts import PartTracker
from rtdebug.protocols.openai_realtime.track_streams import StreamTracker, Take

__all__ = ["STREAMS", "ResponseTracker"]

_MODALITIES = ("output_modalities", "modalities")


class ResponseTracker:
    """All responses of a session. ``open`` by id, ``finished`` maps an id to its last event."""

    def __init__(
        self,
        breaches: Breaches,
        requests: Requests,
        *,
        from_start: bool,
        verbatim: bool,
        sees_client: bool = True,
        in_force: Callable[[], tuple[str, ...] | None] = lambda: None,
        declared: Callable[[], Declared] = lambda: (0.0, ""),
    ) -> None:
        self._in_force = in_force
        known = OpenResponses(
            breaches, from_start=from_start, verbatim=verbatim, sees_client=sees_client
        )
        lanes, comparing = Lanes(), Comparing(known)
        items = ItemTracker(known, comparing, lanes)
        parts = PartTracker(known, items, comparing, lanes)
        self.hearing = Hearing(seconds=4)  # figures alone are made of it
        ear = Ear(self.hearing, declared)
        streams = StreamTracker(known, items, parts, comparing, lanes, ear)
        self._known = known
        self._note = known.note
        self._requests = requests
        self._items = items
        self._comparing = comparing
        self.open = known.open
        self.finished = known.finished
        self.done = known.done
        self.count = 0
        self.unsolicited = 0
        self.latest_open = known.latest_open
        self.wrote = known.wrote
        self.item_added, self.item_done, self.item_mirrored = (
            items.added, items.done, items.mirrored,
        )  # fmt: skip
        self.part_added, self.part_done = parts.added, parts.done
        self.delta, self.stream_done = streams.delta, streams.done
        self._fast = streams.fast
        self.open_lane = lanes.open

    @property
    def audio_bytes(self) -> int:
        """Bytes of audio in all responses, remembered or not."""
        going = sum(one.length("audio") for one in self.open.values())
        return self._known.audio_bytes + going

    @property
    def latest(self) -> Response | None:
        """The response that began last."""
        return self._known.latest

    @property
    def total(self) -> int:
        """How many there were, open ones too."""
        return self._known.ended + len(self.open)

    def fast_delta(self, kind: str) -> Take:
        """What takes a valid delta of an open stream without a record."""
        return self._fast(kind)

    def created(self, event: Event) -> None:
        """response.created: a response opens."""
        known = self._known
        body = object_of(event.payload.get("response"))
        id_ = text_of(body.get("id")) or f"response {self.count + 1}"
        if id_ in known.open or id_ in known.finished:
            first = known.finished.get(id_) or known.open[id_].seq
            self._note("response-repeated", f"{id_} was created a second time", event, first, id_)
            return
        response = Response(id_, event, seen_created=True)
        response.named = isinstance(body.get("id"), str)
        response.request = self._requests.answered("response.created", event)
        response.unmarked = _lacks_mark(response.request, body) and event.whole
        _describe(response, body)
        if response.modalities is None:
            response.in_force = self._in_force()
        if known.open and not response.out_of_band:
            self._second_active(response, body, event)
        if response.status != "in_progress" and event.whole:
            self._note(
                "status-inconsistent",
                f"{response.id} is said to be {response.status} when it is only created",
                event, None, response.id, soft=True,
            )  # fmt: skip
        self.count += 1
        self.unsolicited += response.request is None
        known.open[id_] = known.latest = response

    def _second_active(self, response: Response, body: dict[str, Any], event: Event) -> None:
        """Two that write to the conversation; where a response writes to must be known."""
        others = (
            other
            for other in reversed(self.open.values())
            if other.seen_created and not other.out_of_band
        )
        other = next(others, None)
        if other is None or not (self._known.sees_client or "conversation_id" in body):
            return
        if not (event.whole and other.created_whole):
            return  # without their ids nobody knows which of them has ended since
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
        known = self._known
        body = object_of(event.payload.get("response"))
        id_ = text_of(body.get("id"))
        if id_ is not None and id_ in known.finished:
            message = f"{id_} was finished twice"
            self._note("response-repeated", message, event, known.finished[id_], id_)
            return None
        response = known.open.get(id_) if id_ is not None else known.latest_open()
        if response is None:
            response = known.unseen(id_ or "a response", event)
        _describe(response, body)
        response.done_seq, response.done_at = event.seq, event.at
        response.done_whole = event.whole
        response.event_seq, response.event_at = event.seq, event.at
        response.status = text_of(body.get("status")) or "done"
        response.details = object_of(body.get("status_details")) or None
        response.usage = object_of(body.get("usage")) or None
        output = body.get("output")
        if isinstance(output, list):
            response.output = [one for one in output if isinstance(one, dict)]
        self._items.close(response, event)
        if event.whole and response.seen_created and response.output is not None:
            self._compare_output(response, response.output, event)
            response.smooth = _is_smooth(response, response.output)
        known.forget(response)
        return response

    def _compare_output(
        self, response: Response, output: list[dict[str, Any]], event: Event
    ) -> None:
        if not self._known.verbatim:
            return
        listed = [text_of(item.get("id")) for item in output]
        seen = [item.id for item in response.items if item.done_seq is not None]
        if None not in listed and listed != seen and response.status == "completed":
            self._note(
                "output-mismatch",
                f"the output of {response.id} lists {_names(listed)}, but the items that were "
                f"finished are {_names(seen)}",
                event, response.seq, response.id,
            )  # fmt: skip
        for body in output:
            item = response.by_id.get(text_of(body.get("id")) or "")
            # Most often it is what output_item.done has just said of it.
            if item is not None and item.done_seq is not None and body != item.said:
                self._comparing.said_again(item, body, event)
                self._comparing.item(response, item, body, event)
                self._same_status(response, item, body, event)

    def _same_status(
        self, response: Response, item: OutputItem, body: dict[str, Any], event: Event
    ) -> None:
        status = body.get("status")
        if response.status != "completed" or not isinstance(status, str) or item.status is None:
            return
        if status != item.status:
            self._note(
                "status-inconsistent",
                f"{item.id} was finished {item.status}, yet {response.id} lists it as {status}",
                event, item.done_seq, item.id, soft=True,
            )  # fmt: skip

    def mcp_call(self, event: Event) -> None:
        """mcp_call.*: no response id on the wire, so joined by item id (official SDK types)."""
        id_ = event.payload.get("item_id")
        for response in self.open.values():
            if isinstance(id_, str) and id_ in response.by_id:
                response.event_seq, response.event_at = event.seq, event.at


def _describe(response: Response, body: dict[str, Any]) -> None:
    asked = object_of(response.request.payload.get("response")) if response.request else {}
    if "conversation_id" in body:
        none = body["conversation_id"] is None
        response.conversation = None if none and asked.get("conversation") != "auto" else "auto"
    elif asked.get("conversation") == "none":
        response.conversation = None
    for name in _MODALITIES:
        said = body.get(name, asked.get(name))
        if isinstance(said, list):
            response.modalities = tuple(map(str, said))
    if isinstance(body.get("metadata"), dict):
        response.metadata = body["metadata"]
    if "audio" in body or "output_audio_format" in body:
        response.output_format = _output_format(body) or response.output_format
    response.status = text_of(body.get("status")) or response.status


def _is_smooth(response: Response, output: list[dict[str, Any]]) -> bool:
    """Whether no rule of ODD_END can have anything to say of a response that ended; breaches of
    the grammar may have been noted all the same. A new rule of that kind must be silent wherever
    this says yes, or ask more here."""
    if response.status != "completed" or response.details or not response.deltas():
        return False
    if len(output) != len(response.items) or _is_mute(response):
        return False
    if any(item.type not in (None, "message") for item in response.items):
        return False
    return all(item.get("type") == "message" and not _holds_audio(item) for item in output)


def _is_mute(response: Response) -> bool:
    """Whether a part of it is to be heard, and no audio of it came."""
    parts = [part for item in response.items for part in item.parts.values()]
    heard = [part.streams.get("audio") for part in parts if part.type == "audio"]
    return any(stream is None or not stream.deltas for stream in heard)


def _holds_audio(item: dict[str, Any]) -> bool:
    content = item.get("content")
    return isinstance(content, list) and any(
        isinstance(part, dict) and part.get("audio") for part in content
    )


def _output_format(body: dict[str, Any]) -> str | None:
    """The format of its audio by name: nested since the GA protocol, flat before."""
    audio = object_of(object_of(body.get("audio")).get("output"))
    said = audio.get("format", body.get("output_audio_format"))
    return text_of(said.get("type") if isinstance(said, dict) else said)


def _names(ids: list[str | None]) -> str:
    return ", ".join(id_ or "an item without id" for id_ in ids) or "nothing"


def _lacks_mark(request: Request | None, body: dict[str, Any]) -> bool:
    """Whether a response lacks a part of the metadata that its request has, or has another."""
    if request is None:
        return False
    asked = object_of(object_of(request.payload.get("response")).get("metadata"))
    echo = object_of(body.get("metadata"))
    return any(str(echo.get(name)) != str(value) for name, value in asked.items())
