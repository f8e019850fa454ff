"""Builds sessions event by event, as the protocol has them, for fixtures and for properties."""

from __future__ import annotations

import math
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from rtdebug.captures.jsonl import encode, header_line
from rtdebug.model.records import Closed, Ended, Event, Opened, Record, Sender

URL = "wss://api.example.com/v1/realtime?model=gpt-realtime"
STEP = 0.02  # seconds between two messages that follow each other
CHUNK_MS = 100
_MS_A_CHARACTER = 70  # of speech
_RATES = {"audio/pcm": 48, "audio/pcmu": 8, "audio/pcma": 8}  # bytes a millisecond

Payload = dict[str, Any]


class Move(NamedTuple):
    """One message, and how long after the one before it comes."""

    sender: str
    payload: Payload
    after: float = STEP


@cache
def sound(format_: str, phase: int) -> str:
    """A tenth of a second of a voice-like tone, as base64."""
    rate = 24000 if format_ == "audio/pcm" else 8000
    count = rate * CHUNK_MS // 1000
    start = phase * count
    samples = [
        int(
            9000 * math.sin(2 * math.pi * 180 * (start + n) / rate)
            + 4000 * math.sin(2 * math.pi * 610 * (start + n) / rate)
        )
        for n in range(count)
    ]
    if format_ == "audio/pcm":
        data = b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples)
    else:
        data = bytes(_mu_law(sample) for sample in samples)
    return b64encode(data).decode()


def _mu_law(sample: int) -> int:
    """One sample of 16 bits in the 8 bits of G.711."""
    sign = 0x80 if sample < 0 else 0
    size = min(abs(sample), 32635) + 132
    exponent = size.bit_length() - 8
    return ~(sign | exponent << 4 | (size >> (exponent + 3)) & 0x0F) & 0xFF


def message(role: str, *content: Payload, **more: Any) -> Payload:
    """A message item."""
    return {"type": "message", "role": role, "content": list(content), **more}


def user(text: str, **more: Any) -> Payload:
    """What a user typed."""
    return message("user", {"type": "input_text", "text": text}, **more)


class Talk:
    """One session as it comes about. ``last`` is the last item of the conversation; ``heard`` are
    the milliseconds of audio that were appended."""

    def __init__(self, *, modality: str = "text", format_: str = "audio/pcmu") -> None:
        self.moves: list[Move] = []
        self.modality = modality
        self.format = format_
        self.last: str | None = None
        self.heard = 0
        self.session: Payload = {}
        self._counts: Counter[str] = Counter()

    # -- the plain verbs ----------------------------------------------------------------------

    def name(self, kind: str) -> str:
        """The next id of its kind."""
        self._counts[kind] += 1
        return f"{kind}_x{self._counts[kind]:04d}"

    def client(self, type_: str, *, after: float = STEP, **fields: Any) -> None:
        """The client sends an event."""
        self.moves.append(Move("client", {"type": type_, **fields}, after))

    def server(self, type_: str, *, after: float = STEP, **fields: Any) -> None:
        """The server sends an event; it is given its event id when the session is written out."""
        self.moves.append(Move("server", {"type": type_, "event_id": "", **fields}, after))

    @contextmanager
    def aside(self) -> Iterator[list[Move]]:
        """What is said inside goes into the list given, to be woven in later."""
        kept, self.moves = self.moves, []
        try:
            yield self.moves
        finally:
            self.moves = kept

    # -- the session --------------------------------------------------------------------------

    def created(self, type_: str = "realtime") -> None:
        """The server opens the session with its defaults."""
        audio: Payload = {
            "input": {
                "format": {"type": "audio/pcm", "rate": 24000}, "transcription": None,
                "noise_reduction": None,
                "turn_detection": {
                    "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300,
                    "silence_duration_ms": 200, "idle_timeout_ms": None, "create_response": True,
                    "interrupt_response": True,
                },
            }
        }  # fmt: skip
        session: Payload = {"type": type_, "id": self.name("sess"), "expires_at": 1790003600}
        if type_ == "realtime":
            audio["output"] = {
                "format": {"type": "audio/pcm", "rate": 24000}, "voice": "alloy", "speed": 1.0,
            }  # fmt: skip
            session |= {
                "object": "realtime.session", "model": "gpt-realtime", "instructions": "Be brief.",
                "output_modalities": ["audio"], "tools": [], "tool_choice": "auto",
                "max_output_tokens": "inf", "tracing": None, "truncation": "auto", "prompt": None,
            }  # fmt: skip
        else:
            session["object"] = "realtime.transcription_session"
        self.session = {**session, "audio": audio, "include": None}
        self.server("session.created", session=self.session)

    def update(self, **more: Any) -> None:
        """The client chooses its output and format, and the server confirms the whole."""
        self.ask_update(**more)
        self.confirm_update()

    def ask_update(
        self, *, turn_detection: Any = None, transcription: Any = None, **more: Any
    ) -> None:
        """The client's half of an update."""
        realtime = self.session["type"] == "realtime"
        asked: Payload = {
            "type": self.session["type"],
            "audio": {
                "input": {
                    "format": self.format_object(), "turn_detection": turn_detection,
                    "transcription": transcription,
                }
            },
            **more,
        }  # fmt: skip
        if realtime:
            asked["output_modalities"] = [self.modality]
            asked["audio"]["output"] = {"format": self.format_object()}
        self.client("session.update", session=asked)
        self._asked = asked

    def confirm_update(self) -> None:
        """The server's half of an update."""
        audio = {
            side: {**self.session["audio"][side], **self._asked["audio"].get(side, {})}
            for side in self.session["audio"]
        }
        rest = {key: value for key, value in self._asked.items() if key != "audio"}
        self.session = {**self.session, **rest, "audio": audio}
        self.server("session.updated", session=self.session)

    def format_object(self) -> Payload:
        """The format as settings have it."""
        rate = {"rate": 24000} if self.format == "audio/pcm" else {}
        return {"type": self.format, **rate}

    def start(self, type_: str = "realtime", **settings: Any) -> None:
        """Created and updated."""
        self.created(type_)
        self.update(**settings)

    # -- items --------------------------------------------------------------------------------

    def create_item(self, item: Payload, **more: Any) -> None:
        """The client adds an item."""
        self.client("conversation.item.create", item=item, **more)

    def add_item(self, item: Payload) -> str:
        """The server takes an item in; returns its id."""
        whole = {"id": item.get("id") or self.name("item"), "status": "completed", **item}
        for role in ("added", "done"):
            self.server(
                f"conversation.item.{role}", previous_item_id=self.last, item=whole,
            )  # fmt: skip
        self.last = whole["id"]
        return self.last

    def say(self, text: str, **more: Any) -> str:
        """The user types something; returns the id of the item."""
        self.create_item(user(text, **more))
        return self.add_item(user(text, **more))

    # -- audio in -----------------------------------------------------------------------------

    def append(self, chunks: int = 1, **more: Any) -> None:
        """The microphone goes on for so many tenths of a second."""
        for _ in range(chunks):
            audio = sound(self.format, self.heard // CHUNK_MS % 10)
            self.client("input_audio_buffer.append", after=CHUNK_MS / 1000, audio=audio, **more)
            self.heard += CHUNK_MS

    def commit(self, id_: str | None = None) -> str:
        """The server makes an item of the buffer; returns its id."""
        id_ = id_ or self.name("item")
        self.server("input_audio_buffer.committed", previous_item_id=self.last, item_id=id_)
        return self.add_item(message("user", {"type": "input_audio", "transcript": None}, id=id_))

    def transcribe(self, id_: str, *pieces: str, deltas: bool = True) -> None:
        """The server writes down what was heard."""
        base = "conversation.item.input_audio_transcription"
        if deltas:
            for piece in pieces:
                self.server(f"{base}.delta", item_id=id_, content_index=0, delta=piece)
        self.server(
            f"{base}.completed", item_id=id_, content_index=0, transcript="".join(pieces).strip(),
            usage={"type": "duration", "seconds": 2},
        )  # fmt: skip

    # -- writing out --------------------------------------------------------------------------

    def records(self, url: str | None = URL) -> list[Record]:
        """The session as records: numbered, timed, each server event with its own id."""
        records: list[Record] = [Opened(0.0, url)] if url else []
        at = 0.0
        for seq, move in enumerate(self.moves, 1):
            at = round(at + move.after, 6)
            payload = dict(move.payload)
            if "event_id" in payload and not payload["event_id"]:
                payload["event_id"] = f"event_x{seq:05d}"
            records.append(event(seq, at, move.sender, payload))
        return records


class Reply:
    """One response of the server, from created to done."""

    def __init__(
        self, talk: Talk, *, modality: str | None = None, beside: bool = False, metadata: Any = None
    ) -> None:
        self._talk = talk
        self._modality = modality or talk.modality
        self._beside = beside
        self.id = talk.name("resp")
        self._metadata = metadata
        self._output: list[Payload] = []
        self._tokens = Counter[str]()
        talk.server("response.created", response=self._body("in_progress", [], None, None))

    def _body(self, status: str, output: list[Payload], details: Any, usage: Any) -> Payload:
        return {
            "object": "realtime.response", "id": self.id, "status": status,
            "status_details": details, "output": output,
            "conversation_id": None if self._beside else "conv_x0001",
            "output_modalities": [self._modality], "max_output_tokens": "inf",
            "audio": {"output": {"format": self._talk.format_object(), "voice": "alloy"}},
            "usage": usage, "metadata": self._metadata,
        }  # fmt: skip

    def say(self, *pieces: str, stop: int | None = None, then: Callable[[], None] | None = None,
            mirror: bool = True) -> str:  # fmt: skip
        """A message in pieces, spoken or written. Broken off after ``stop`` of them, when
        ``then`` is done and what came so far is flushed."""
        kind = self._modality
        type_ = "output_audio" if kind == "audio" else "output_text"
        field = "transcript" if kind == "audio" else "text"
        item: Payload = {
            "id": self._talk.name("item"), "type": "message", "role": "assistant",
            "status": "in_progress", "content": [],
        }  # fmt: skip
        where = self._open(item, mirror)
        inside = {**where, "item_id": item["id"], "content_index": 0}
        server = self._talk.server
        server("response.content_part.added", **inside, part={"type": kind, field: ""})
        base = "response.output_audio_transcript" if kind == "audio" else "response.output_text"
        for piece in pieces[:stop]:
            server(f"{base}.delta", **inside, delta=piece)
            if kind == "audio":
                self._speak(inside, len(piece))
        if then is not None:
            then()
        whole = "".join(pieces[:stop])
        if kind == "audio":
            server("response.output_audio.done", **inside)
        server(f"{base}.done", **inside, **{field: whole})
        server("response.content_part.done", **inside, part={"type": kind, field: whole})
        self._tokens["text_tokens"] += len(whole) // 4 + 1
        self._close(where, item, mirror, stop is not None, content=[{"type": type_, field: whole}])
        return str(item["id"])

    def _speak(self, inside: Payload, characters: int) -> None:
        for phase in range(max(1, characters * _MS_A_CHARACTER // CHUNK_MS)):
            delta = sound(self._talk.format, phase % 10)
            self._talk.server("response.output_audio.delta", **inside, delta=delta)
            self._tokens["audio_tokens"] += CHUNK_MS // 50

    def call(self, name: str, *pieces: str, stop: int | None = None,
             then: Callable[[], None] | None = None, mirror: bool = True) -> str:  # fmt: skip
        """A call of a function in pieces of its arguments; returns its call id."""
        call_id = self._talk.name("call")
        item: Payload = {
            "id": self._talk.name("item"), "type": "function_call", "status": "in_progress",
            "name": name, "call_id": call_id, "arguments": "",
        }  # fmt: skip
        where = self._open(item, mirror)
        inside = {**where, "item_id": item["id"], "call_id": call_id}
        base = "response.function_call_arguments"
        for piece in pieces[:stop]:
            self._talk.server(f"{base}.delta", **inside, delta=piece)
        if then is not None:
            then()
        whole = "".join(pieces[:stop])
        self._talk.server(f"{base}.done", **inside, name=name, arguments=whole)
        self._tokens["text_tokens"] += len(whole) // 4 + 1
        self._close(where, item, mirror, stop is not None, arguments=whole)
        return call_id

    def call_mcp(self, name: str, *pieces: str, mirror: bool = True) -> None:
        """A call of a tool on an MCP server, which the server makes by itself."""
        item: Payload = {
            "id": self._talk.name("item"), "type": "mcp_call", "server_label": "timetable",
            "name": name, "arguments": "",
        }  # fmt: skip
        where = self._open(item, mirror)
        inside = {**where, "item_id": item["id"]}
        server = self._talk.server
        for piece in pieces:
            server("response.mcp_call_arguments.delta", **inside, delta=piece)
        whole = "".join(pieces)
        server("response.mcp_call_arguments.done", **inside, arguments=whole)
        place = {"item_id": item["id"], "output_index": where["output_index"]}
        server("response.mcp_call.in_progress", **place)
        server("response.mcp_call.completed", **place)
        rest = {"output": "platform 4", "error": None, "approval_request_id": None}
        self._tokens["text_tokens"] += len(whole) // 4 + 1
        self._close(where, item, mirror, None, arguments=whole, **rest)

    def ask_approval(self, name: str, arguments: str, mirror: bool = True) -> str:
        """A request to let a tool of an MCP server be called; returns its id."""
        item: Payload = {
            "id": self._talk.name("mcpr"), "type": "mcp_approval_request",
            "server_label": "timetable", "name": name, "arguments": arguments,
        }  # fmt: skip
        where = self._open(item, mirror)
        self._close(where, item, mirror, None)
        return str(item["id"])

    def _open(self, item: Payload, mirror: bool) -> Payload:
        where = {"response_id": self.id, "output_index": len(self._output)}
        self._talk.server("response.output_item.added", **where, item=item)
        self._before = self._talk.last
        if mirror and not self._beside:
            self._talk.server("conversation.item.added", previous_item_id=self._before, item=item)
            self._talk.last = item["id"]
        return where

    def _close(
        self, where: Payload, item: Payload, mirror: bool, broken: bool | None, **rest: Any
    ) -> None:
        whole = {**item, **rest}
        if broken is not None:
            whole["status"] = "incomplete" if broken else "completed"
        if mirror and not self._beside:
            self._talk.server("conversation.item.done", previous_item_id=self._before, item=whole)
        self._talk.server("response.output_item.done", **where, item=whole)
        self._output.append(whole)

    def done(self, status: str = "completed", details: Any = None, *, limits: bool = True) -> None:
        """The response ends."""
        details = details and {"type": status, **details}
        body = self._body(status, self._output, details, self._usage())
        self._talk.server("response.done", response=body)
        if limits:
            limit = {"name": "tokens", "limit": 40000, "remaining": 39000, "reset_seconds": 1.5}
            self._talk.server("rate_limits.updated", rate_limits=[limit])

    def _usage(self) -> Payload:
        text, audio = self._tokens["text_tokens"], self._tokens["audio_tokens"]
        cached = {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0}
        return {
            "total_tokens": 60 + text + audio, "input_tokens": 60, "output_tokens": text + audio,
            "input_token_details": {
                "text_tokens": 60, "audio_tokens": 0, "image_tokens": 0, "cached_tokens": 0,
                "cached_tokens_details": cached,
            },
            "output_token_details": {"text_tokens": text, "audio_tokens": audio},
        }  # fmt: skip


def event(seq: int, at: float, sender: str, payload: Payload) -> Event:
    """One event as a record."""
    text = orjson.dumps(payload)
    return Event(seq, at, Sender(sender), payload["type"], payload, len(text), text)


def ended(records: Sequence[Record], waited: float = 0.0, reason: str = "finished") -> list[Record]:
    """The same with whoever watched going away ``waited`` seconds later."""
    at = records[-1].at + waited
    return [*records, Ended(at, reason, waited)]


def closed(
    records: Sequence[Record], code: int = 1000, reason: str = "", by: str | None = "client"
) -> list[Record]:
    """The same with a close a moment later."""
    sender = Sender(by) if by else None
    return [*records, Closed(round(records[-1].at + STEP, 6), code, reason, sender)]


def write(path: Path, records: Sequence[Record], *, pack: str = "openai-realtime") -> None:
    """A capture of these records."""
    lines = [header_line(pack=pack, url=URL, started="2026-01-01T00:00:00.000Z", patience=10.0)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join([*lines, *map(encode, records)]))
