"""What a live view knows of one connection: its types, its open streams, its responses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rtdebug.model.records import Event, Sender
from rtdebug.packs.pack import Pack
from rtdebug.packs.summaries import words_for
from rtdebug.protocols.openai_realtime.settings import Settings
from rtdebug.reports.arrivals import Arrivals, Lane
from rtdebug.reports.filters import Filter
from rtdebug.reports.folding import ENDS, ChunkRun, Streams, is_chunk
from rtdebug.reports.latency import ResponseTimes
from rtdebug.reports.rows import Rows
from rtdebug.reports.signs import Signs
from rtdebug.reports.turns import Turn, Turns
from rtdebug.reports.waiting_line import waiting_line

MOST_STREAMS = 64
_MOST_TYPES = 1000  # a peer may invent types without end
_TURNS = frozenset({"session.created", "session.updated", "response.created", "response.done"})


class LaneKind:
    """What a view does with events of one type."""

    __slots__ = ("cell", "chunk", "ends", "role", "shown", "turns", "words")

    def __init__(self, role: str, shown: bool, cell: tuple[str, int]) -> None:
        self.role = role
        self.shown = shown
        self.cell = cell
        self.words = words_for(role)
        self.chunk = is_chunk(role)
        self.turns = role in _TURNS
        self.ends = role in ENDS or role == "response.done"


class LiveLane(Lane):
    """One connection in a live view."""

    def __init__(
        self,
        arrivals: Arrivals[LiveLane],
        pack: Pack,
        label: str,
        begun: Callable[[LiveLane, Turn], None] | None = None,
    ) -> None:
        super().__init__(arrivals, pack, label)
        self.turns = Turns(pack, partial(begun, self)) if begun is not None else None
        self.streams = Streams()
        self.times = ResponseTimes()
        self.at = 0.0  # of the latest row
        self.client: dict[str, LaneKind] = {}
        self.server: dict[str, LaneKind] = {}
        self._settings = Settings(pack)
        self.ahead: float | None = None  # the clock of whoever draws, of that of the connection

    def kind(self, event: Event, rows: Rows, wanted: Filter) -> LaneKind:
        """How events like this one are shown, worked out at the first of them."""
        known = self.server if event.sender is Sender.SERVER else self.client
        role = self.pack.role(event.sender, event.type) or ""
        shown = wanted.admits_type(event.type, event.sender)
        kind = LaneKind(role, shown, rows.cell(event.sender, event.type))
        if len(known) < _MOST_TYPES:
            known[event.type] = kind
        return kind

    def forget_kinds(self) -> None:
        """The filter or the width has changed."""
        self.client.clear()
        self.server.clear()

    def turn(self, event: Event, role: str) -> str:
        """Takes in an event that changes what is known; how long the response took it ends."""
        payload, at = event.payload, event.at
        if role == "response.created":
            self.times.created(payload, at)
        elif role == "response.done":
            return self.times.done(payload, at)
        elif role == "session.created":
            self._settings.created(event)
        elif role == "session.updated":
            self._settings.updated(event)
        return ""

    def ended(self, words: str, times: str, room: int) -> str:
        """The words for the end of a response that took so long."""
        head, _, rest = words.partition(", ")
        id_, _, status = head.rpartition(" ")
        ended = f"{status} {times}".strip()
        if len(ended) > room:
            ended = ended.replace(" first delta ", " first ")
        return ", ".join(filter(None, (ended, rest, id_)))

    def waits(self, now: float, signs: Signs) -> str:
        """What is waited for on this connection, in words; empty where nothing is."""
        if self.owed is None or self.ahead is None:
            return ""
        return waiting_line(self.owed(), now - self.ahead, signs)

    def rate(self, stream: ChunkRun) -> float:
        """Bytes a millisecond of a stream's audio."""
        server = stream.sender is Sender.SERVER
        return self._settings.audio_rate("output_format" if server else "input_format")
