"""Tracks streams: deltas are added up, and a done ends each and says the whole again."""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Callable
from typing import Any

from rtdebug.engine.decoder import has_twice
from rtdebug.engine.fields import text_of
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.comparing import WHOLE_FIELDS, Comparing
from rtdebug.protocols.openai_realtime.lanes import Lanes
from rtdebug.protocols.openai_realtime.open_responses import OpenResponses
from rtdebug.protocols.openai_realtime.responses import OutputItem, Response
from rtdebug.protocols.openai_realtime.sound import Ear
from rtdebug.protocols.openai_realtime.streams import FOLD, Stream
from rtdebug.protocols.openai_realtime.track_items import ItemTracker
from rtdebug.protocols.openai_realtime.track_parts import PartTracker

Taken = bool | tuple[int, int]
Take = Callable[..., Taken]  # payload, seq, at, and the text of the message if it is at hand
_LONG = 1000
_ARGUMENTS = ("arguments", "mcp_arguments")
_PCM = ("audio/pcm", "pcm16")
_CUT = 300  # bytes; a server sends thousands at a time


class StreamTracker:
    """Follows the deltas and dones of every kind of stream."""

    def __init__(
        self,
        known: OpenResponses,
        items: ItemTracker,
        parts: PartTracker,
        comparing: Comparing,
        lanes: Lanes,
        ear: Ear,
    ) -> None:
        self._known = known
        self._note = known.note
        self._items = items
        self._parts = parts
        self._comparing = comparing
        self._lanes = lanes
        self._ear = ear

    def delta(self, kind: str) -> Callable[[Event], None]:
        """The tracker of one kind of delta."""

        def track(event: Event) -> None:
            response = self._known.owner(event)
            if response is None:
                return
            stream = self._stream(response, kind, event)
            item_id = text_of(event.payload.get("item_id"))
            if stream.done_seq is not None:
                self._note(
                    "stream-unbalanced", f"a {kind} delta of {item_id} came after its done", event,
                    stream.done_seq, item_id,
                )  # fmt: skip
            piece = text_of(event.payload.get("delta")) or ""
            self._repeated(stream, event)
            if kind == "audio":
                self._hear(response, stream, piece, event)
            stream.add(piece, event.seq, event.at)
            if stream.done_seq is None and item_id is not None and event.whole:
                self._lanes.offer(stream, item_id, event.seq)

        return track

    def _repeated(self, stream: Stream, event: Event) -> None:
        id_ = text_of(event.payload.get("event_id"))
        if id_ is not None and id_ == stream.last_id and event.whole:
            message = f"{event.type} {id_} came twice in a row"
            item_id = text_of(event.payload.get("item_id"))
            self._note("duplicate-event-id", message, event, stream.last_seq, item_id)
        stream.last_id = id_

    def _hear(self, response: Response, stream: Stream, piece: str, event: Event) -> None:
        """The first audio of a stream, and whatever the fast path would not take."""
        if not event.whole:
            return
        item_id = text_of(event.payload.get("item_id"))
        self._ear.pass_by(piece, event.at)
        if not stream.deltas:
            self._parts.sounds(response, event)
        if stream.odd is None and not _is_base64(piece):
            self._note(
                "audio-delta-malformed",
                f"the {len(piece)} characters of audio of {item_id} in event {event.seq} are not "
                "base64 that can be decoded by itself",
                event, None, item_id,
            )  # fmt: skip
            stream.odd = event.seq

    def fast(self, kind: str) -> Take:
        """The hot path of everything: a delta of a stream that is open, taken without a record and
        without its schema. False when it needs the whole way. Of long audio it says how many
        characters there were, and how many of them padding.

        A member that comes twice makes the text longer than its lane's, so that only longer ones
        are looked through; what is escaped or beyond ASCII makes it longer too.
        """
        lanes = self._lanes.by_kind[kind]
        is_audio, ear = kind == "audio", self._ear
        hearing = ear.hearing

        def take(payload: dict[str, Any], seq: int, at: float, text: bytes | str = b"") -> Taken:
            lane = lanes.get(payload["item_id"])
            if lane is None:
                return False
            stream = lane.stream
            id_, piece = payload["event_id"], payload["delta"]
            if (
                len(payload) != lane.count
                or lane.pick(payload) != lane.same
                or id_.__class__ is not str
                or piece.__class__ is not str
                or id_ == stream.last_id
                or (is_audio and len(piece) & 3)
            ):
                return False
            around = len(text) - len(piece) - len(id_)
            if lane.padded:
                obfuscation = payload["obfuscation"]
                if obfuscation.__class__ is not str:
                    return False
                around -= len(obfuscation)
            if around > lane.around:
                if has_twice(text, payload):
                    return False
                lane.learn(text, around)
            stream.last_id = id_
            stream.last_seq = seq
            stream.last_at = at
            pieces = stream.pieces
            if is_audio:
                length = len(piece)
                padding = 2 if piece[-2:] == "==" else int(piece[-1:] == "=")
                size = length * 3 // 4 - padding
                pieces.append(size)
                hearing.left -= size
                if hearing.left < 0:
                    ear.hear(piece, size, at)
            else:
                pieces.append(piece)
            if len(pieces) >= FOLD:
                stream.fold()
            return (length, padding) if is_audio and length >= _LONG else True

        return take

    def _stream(self, response: Response, kind: str, event: Event) -> Stream:
        item = self._items.of(response, event, text_of(event.payload.get("item_id")))
        if kind in _ARGUMENTS:
            return self._arguments(item, kind, event)
        part = self._parts.of(item, event)
        if part.done_seq is not None and self._known.verbatim:
            self._note(
                "stream-unbalanced",
                f"{event.type} came for part {part.index} of {item.id} after that part was done",
                event, part.done_seq, item.id,
            )  # fmt: skip
        stream = part.streams.get(kind)
        if stream is None:
            stream = part.streams[kind] = Stream(kind)
        return stream

    def _arguments(self, item: OutputItem, kind: str, event: Event) -> Stream:
        if item.arguments is None:
            item.arguments = Stream(kind)
        self._comparing.said_again(item, event.payload, event, ("call_id", "name"))
        item.call_id = item.call_id or text_of(event.payload.get("call_id"))
        return item.arguments

    def done(self, kind: str) -> Callable[[Event], None]:
        """The tracker of one kind of done: a stream closes and its whole is compared."""
        field = WHOLE_FIELDS.get(kind)

        def track(event: Event) -> None:
            response = self._known.owner(event)
            if response is None:
                return
            stream = self._stream(response, kind, event)
            item_id = text_of(event.payload.get("item_id"))
            if stream.done_seq is not None:
                message = f"the {kind} of {item_id} was done twice"
                self._note("stream-unbalanced", message, event, stream.done_seq, item_id)
                return
            stream.done_seq = event.seq
            self._lanes.shut(item_id, (stream,))
            whole = event.payload.get(field) if field else None
            if isinstance(whole, str):
                if not stream.deltas:
                    if whole:
                        self._comparing.missing(response, kind, event, None, item_id)
                    else:
                        stream.whole = whole  # nothing was said, and that is whole
                else:
                    self._comparing.whole(response, stream, whole, event, item_id)
            elif kind == "audio":
                self._even(response, stream, event, item_id)

        return track

    def _even(self, response: Response, stream: Stream, event: Event, item_id: str | None) -> None:
        """A sample of PCM16 has two bytes; half a sample shifts all that follows into noise."""
        odd = response.output_format in _PCM and stream.length % 2 and stream.odd is None
        if odd and not _cut_alike(stream):
            self._note(
                "audio-delta-malformed",
                f"the audio of {item_id} adds up to {stream.length} bytes, which is no whole "
                "number of 16-bit samples",
                event, stream.first_seq, item_id,
            )  # fmt: skip


def _cut_alike(stream: Stream) -> bool:
    """Whether all deltas have the same few bytes: somebody cut their text to one length to keep
    the record short, and an odd number of bytes is of that cut."""
    each, rest = divmod(stream.length, stream.deltas)
    return stream.deltas > 1 and rest == 0 and each <= _CUT


def _is_base64(text: str) -> bool:
    if len(text) & 3:
        return False
    try:
        a2b_base64(text, strict_mode=True)
    except ValueError:
        return False
    return True
