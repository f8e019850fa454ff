"""A story of two connections for the live view, and a terminal that shows what was drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from report_samples import STALLED_FINDING, C, S

from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.records import Closed, Event, Opened, Record, Sender, Undecodable
from rtdebug.model.results import Outcome, ResponseSummary, Run
from rtdebug.packs.load import load_pack
from rtdebug.reports.arrivals import Lane
from rtdebug.reports.live import LiveLook, LiveView
from rtdebug.reports.live_block import Status

PACK = load_pack()
RESPONSE, ITEM = "resp_E6U11r008abcdefghijklm", "item_E6U11r009abcdefghijkl"
SOUND = "AAAA" * 1200  # 3,600 bytes, 75 ms
SCHEMA_FINDING = Finding(
    "unknown-field", Severity.INFO, Certainty.CERTAIN, "The server sent a field nobody knows", ""
)

_SESSION = {
    "type": "realtime", "model": "gpt-realtime", "output_modalities": ["audio"],
    "audio": {"output": {"voice": "marin", "format": {"type": "audio/pcm", "rate": 24000}}},
}  # fmt: skip


def event(seq: int, at: float, sender: Sender, type_: str, **fields: Any) -> Event:
    """An event as a session decodes it."""
    payload = {"type": type_, **fields}
    text = json.dumps(payload)
    return Event(seq, at, sender, type_, payload, len(text), text)


def delta(seq: int, at: float, kind: str, text: str, item: str = ITEM) -> Event:
    """A chunk of a response."""
    return event(seq, at, S, f"response.output_{kind}.delta", response_id=RESPONSE, item_id=item,
                 delta=text)  # fmt: skip


def turn() -> Iterator[Record]:
    """A spoken turn that goes well."""
    yield Opened(0.0, "wss://api.example.test/v1/realtime?model=gpt-realtime")
    yield event(1, 0.012, S, "session.created", session=_SESSION)
    for number in range(10):
        yield event(2 + number, 0.1 + number / 10, C, "input_audio_buffer.append", audio=SOUND)
    yield event(12, 1.1, C, "input_audio_buffer.commit")
    yield event(13, 1.2, S, "input_audio_buffer.committed", item_id=ITEM)
    yield event(14, 1.21, C, "response.create")
    yield event(15, 1.3, S, "response.created", response={"id": RESPONSE, "status": "in_progress"})
    for number, word in enumerate(("Hello!", " How", " can", " I", " help?")):
        yield delta(16 + 2 * number, 1.71 + number / 10, "audio_transcript", word)
        yield delta(17 + 2 * number, 1.72 + number / 10, "audio", SOUND)
    yield event(26, 2.3, S, "response.output_audio.done", item_id=ITEM)
    yield event(27, 2.31, S, "response.output_audio_transcript.done", item_id=ITEM,
                transcript="Hello! How can I help?")  # fmt: skip
    usage = {"total_tokens": 31, "input_tokens": 12, "output_tokens": 19}
    yield event(28, 2.4, S, "response.done",
                response={"id": RESPONSE, "status": "completed", "output": [{}], "usage": usage})  # fmt: skip


def run(name: str, outcome: Outcome = Outcome.PASSED, *findings: Finding) -> Run:
    """What a connection came to."""
    answers = (ResponseSummary("resp_1", "completed", 1, 5, 22, 375, 0.41, 1.1),)
    return Run(name, outcome, "openai-realtime", duration=2.5, client=12, server=16,
               findings=findings, responses=answers)  # fmt: skip


def shown(look: LiveLook, *, moment: str) -> str:
    """The text on a terminal of that look at a moment of the story: "middle", with two
    connections and one trouble, or "end"."""
    view = LiveView(look, status=Status(title="tail to wss://api.example.test", keys="q quit"))
    terminal = Terminal(look.width)
    label = "#{}" if look.labels else ""
    first = view.lane(PACK, label.format(1))
    records = list(turn())
    _show(view, terminal, first, records[:-6], 1.0)
    second = view.lane(PACK, label.format(2))
    second.accept(Opened(0.0, "wss://api.example.test/v1/realtime"), ())
    second.accept(Undecodable(1, 0.2, C, "{x", "not JSON at line 1, column 2"), ())
    second.found([STALLED_FINDING])
    _draw(view, terminal, 2.0)
    if moment == "middle":
        return terminal.text
    _show(view, terminal, first, records[-6:], 2.2)
    first.accept(Closed(2.5, 1000, "", C), (SCHEMA_FINDING,))
    first.over(run("connection 1"))
    second.found([STALLED_FINDING])
    view.note("GET /v1/models: 200")
    second.over(run("connection 2", Outcome.FAILED, STALLED_FINDING))
    terminal.write(view.close(3.0))
    return terminal.text


def _show(
    view: LiveView, terminal: Terminal, lane: Lane, records: list[Record], now: float
) -> None:
    for record in records:
        lane.accept(record, ())
    _draw(view, terminal, now)


def _draw(view: LiveView, terminal: Terminal, now: float) -> None:
    while view.absorb(now):
        pass
    terminal.write(view.draw(now))


class Terminal:
    """What a terminal shows after what was written to it, colours apart."""

    _PIECES = re.compile(r"\x1b\[(\d*)([A-Za-z])|(\n)|(\r)|([^\x1b\n\r]+)")

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines = [""]
        self.row = 0
        self.column = 0

    @property
    def text(self) -> str:
        """All lines, the last ones as they stand."""
        return "\n".join(line.rstrip() for line in self.lines) + "\n"

    def write(self, text: str) -> None:
        """Does what a terminal does."""
        place = 0
        for match in self._PIECES.finditer(text):
            assert match.start() == place, f"not understood: {text[place : place + 20]!r}"
            place = match.end()
            number, command, newline, start, words = match.groups()
            if newline:
                self._down()
            elif start:
                self.column = 0
            elif words:
                self._put(words)
            elif command == "A":
                self.row -= int(number or 1)
                assert self.row >= 0
            elif command == "J":
                self.lines = [*self.lines[: self.row], self.lines[self.row][: self.column]]
            else:
                assert command == "m", command
        assert place == len(text)

    def _down(self) -> None:
        self.row += 1
        self.column = 0
        if self.row == len(self.lines):
            self.lines.append("")

    def _put(self, words: str) -> None:
        for sign in words:
            if self.column == self.width:
                self._down()
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + sign + line[self.column + 1 :]
            self.column += 1


LOOKS: dict[str, tuple[LiveLook, str]] = {
    "pipe-200.txt": (LiveLook(width=200), "end"),
    "pipe-80-ascii.txt": (LiveLook(width=80, unicode=False, labels=True), "end"),
    "unfolded-100.txt": (LiveLook(width=100, fold=False), "end"),
    "quiet-80.txt": (LiveLook(width=80, quiet=True, labels=True), "end"),
    "block-80-middle.txt": (LiveLook(width=80, block=True, labels=True), "middle"),
    "block-80.txt": (LiveLook(width=80, block=True, labels=True), "end"),
    "turns-80.txt": (LiveLook(width=80, turns=True, labels=True), "end"),
    "block-turns-80-middle.txt": (
        LiveLook(width=80, block=True, labels=True, turns=True),
        "middle",
    ),
    "block-200-middle.txt": (LiveLook(width=200, block=True, color=True, labels=True), "middle"),
}
