"""Streams of chunks told as one line each: how many, how much, how fast, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rtdebug.model.records import Event, Sender
from rtdebug.reports.figures import counted, duration

_KEPT = 120  # characters of the beginning, and of the end, of a stream's text
_TOO_SHORT = 0.02  # seconds in which a rate means nothing
_ROOM_FOR_RATE = 40  # columns

AUDIO = frozenset({"audio.append", "audio.delta"})

# Role of an event -> the roles of the chunks it ends.
ENDS: Mapping[str, tuple[str, ...]] = {
    "text.done": ("text.delta",),
    "audio.done": ("audio.delta",),
    "transcript.done": ("transcript.delta",),
    "arguments.done": ("arguments.delta",),
    "mcp_arguments.done": ("mcp_arguments.delta",),
    "transcription.completed": ("transcription.delta",),
    "transcription.failed": ("transcription.delta",),
    **dict.fromkeys(
        ("audio.commit", "audio.committed", "audio.clear", "audio.cleared", "speech.started",
         "speech.stopped", "idle.timeout"),
        ("audio.append",),
    ),
}  # fmt: skip


def is_chunk(role: str) -> bool:
    """Whether events of this role are the pieces of something."""
    return role.endswith(".delta") or role == "audio.append"


class ChunkRun:
    """One run of chunks. ``amount`` is in characters, or in bytes of audio; ``touched`` is when
    whoever draws last saw it grow, in their own time."""

    __slots__ = ("amount", "audio", "count", "first_at", "head", "item", "last_at", "response",
                 "role", "sender", "seq", "tail", "touched", "type")  # fmt: skip

    def __init__(self, first: Event, role: str, item: str, touched: float) -> None:
        self.type, self.seq = first.type, first.seq
        self.sender: Sender = first.sender
        self.role = role
        self.audio = role in AUDIO
        self.item = item
        self.response = first.payload.get("response_id")
        self.first_at = self.last_at = first.at
        self.count = self.amount = 0
        self.head = self.tail = ""
        self.touched = touched

    def add(self, at: float, piece: str) -> None:
        """One more chunk: base64 where it is audio."""
        self.last_at = at
        self.count += 1
        if self.audio:
            self.amount += len(piece) * 3 // 4 - piece[-2:].count("=")
            return
        self.amount += len(piece)
        if len(self.head) < _KEPT:
            self.head += piece[:_KEPT]
        self.tail = (self.tail + piece)[-_KEPT:]

    def words(self, bytes_a_ms: float, room: int, *, growing: bool = False) -> str:
        """The figures, then as far as there is room what it says: the latest words while it is
        ``growing``, the first when it is over."""
        if self.audio:
            return self._sound(bytes_a_ms)
        figures = counted(self.amount, "char")
        if room >= _ROOM_FOR_RATE:
            figures += self._rate()
        text = " ".join((self.tail if growing else self.head).split())
        space = room - len(figures) - 3
        if len(text) > space or self.amount > _KEPT:
            end = text[max(0, len(text) - space + 1) :]
            text = f"…{end}" if growing else f"{text[: space - 1]}…"
        return f'{figures} "{text}"' if space > 3 and text else figures

    def _sound(self, bytes_a_ms: float) -> str:
        if not bytes_a_ms:
            return counted(self.amount, "byte") + " of audio"
        seconds = self.amount / bytes_a_ms / 1000
        elapsed = self.last_at - self.first_at
        times = f", {seconds / elapsed:.1f}× real time" if elapsed > _TOO_SHORT else ""
        return f"{duration(seconds)} of audio{times}"

    def _rate(self) -> str:
        elapsed = self.last_at - self.first_at
        return f", {self.amount / elapsed:.0f}/s" if elapsed > _TOO_SHORT else ""

    @property
    def short_type(self) -> str:
        """The type without what all streams share, for a line that has little room."""
        parts = self.type.split(".")
        return parts[-2] if len(parts) > 1 else self.type


class Streams:
    """The open streams of one connection, in the order they began."""

    def __init__(self) -> None:
        self.open: dict[tuple[str, str], ChunkRun] = {}

    def add(self, event: Event, role: str, now: float) -> bool:
        """Takes a chunk in; False when the event holds none, whatever its type says."""
        payload = event.payload
        piece = payload.get("delta", payload.get("audio"))
        if piece.__class__ is not str:
            return False
        item = payload.get("item_id")
        key = (event.type, item if item.__class__ is str else "")
        stream = self.open.get(key)
        if stream is None:
            stream = self.open[key] = ChunkRun(event, role, key[1], now)
        stream.add(event.at, piece)
        stream.touched = now
        return True

    def ended_by(self, role: str, payload: Mapping[str, Any]) -> list[ChunkRun]:
        """The streams that an event of ``role`` ends, taken out."""
        if not self.open:
            return []
        if role == "response.done":
            response = payload.get("response")
            id_ = response.get("id") if isinstance(response, dict) else None
            return self.take(lambda one: one.response is not None and one.response == id_)
        roles = ENDS.get(role, ())
        item = payload.get("item_id")
        return self.take(lambda one: one.role in roles and one.item in ("", item or one.item))

    def quiet_since(self, moment: float) -> list[ChunkRun]:
        """The streams that have not grown since then, taken out."""
        return self.take(lambda one: one.touched < moment)

    def all(self) -> list[ChunkRun]:
        """Every stream, taken out."""
        streams = list(self.open.values())
        self.open.clear()
        return streams

    def take(self, which: Any) -> list[ChunkRun]:
        """The streams for which ``which`` holds, taken out."""
        taken = {key: one for key, one in self.open.items() if which(one)}
        for key in taken:
            del self.open[key]
        return list(taken.values())
