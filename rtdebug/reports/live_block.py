"""The last lines of a live view on a terminal: open streams, findings, what goes on, the keys.

They are drawn anew over themselves; the rows above them scroll away as in any program.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from rtdebug.model.findings import Severity
from rtdebug.reports.ansi import BOLD, CYAN, DIM, GREEN, RED, YELLOW, paint, plain
from rtdebug.reports.figures import columns, counted, fit
from rtdebug.reports.folding import ChunkRun
from rtdebug.reports.live_lane import LiveLane
from rtdebug.reports.pins import Pin, Pins
from rtdebug.reports.rows import Rows
from rtdebug.reports.signs import Signs

_STREAMS = 5
_PINS = 3
_WAITS = 3
_LANES_LOOKED_AT = 100
_LOOK_EVERY = 0.5  # seconds between two looks at what is owed
_STALLED = 2.0  # seconds without a chunk that are worth telling
_EVERY = 0.1  # seconds between two drawings of the block alone
_COLORS = {Severity.ERROR: RED, Severity.WARNING: YELLOW}


@dataclass(slots=True)
class Status:
    """What the status line says. ``title`` is where this looks, ``keys`` what can be pressed,
    ``prompt`` what is being typed (None: nothing can be), ``said`` an answer to that; ``several``:
    there may be many connections."""

    title: str = ""
    keys: str = ""
    prompt: str | None = None
    said: str = ""
    several: bool = False
    begun: int = 0
    over: int = 0
    events: int = 0
    paused: bool = False
    held: int = 0
    filter: str = ""


class Block:
    """The lines that stand on the terminal now, and how to draw over them."""

    def __init__(self) -> None:
        self._drawn: list[int] = []  # how many columns each line takes
        self._text = ""
        self._width = 80
        self._at = float("-inf")
        self._counted_at: float | None = None
        self._counted = 0
        self._rate = ""
        self._looked_at = float("-inf")
        self._waits: list[str] = []

    def resized(self, width: int) -> None:
        """Lines that are wider now take more rows, and are to be drawn anew."""
        self._width = max(width, 1)
        self._at = float("-inf")

    def lines(
        self,
        rows: Rows,
        streams: Sequence[tuple[LiveLane, ChunkRun]],
        pins: Pins,
        status: Status,
        now: float,
        turns: Sequence[str] | None = None,
    ) -> list[tuple[str, str]]:
        """What is to stand there: each line plain, and in its colours. ``turns`` stand in place of
        streams."""
        self._width = rows.width
        self._measure(status, now)
        paper = _Paper(rows)
        paper.rule(status.title)
        if turns is not None:
            paper.lines += [(plain(line), line) for line in turns]
            streams = ()
        for lane, stream in streams[-_STREAMS:]:
            paper.stream(lane, stream, now)
        if streams[_STREAMS:]:
            paper.add(f"and {counted(len(streams) - _STREAMS, 'more stream')}", DIM)
        for line in self._waits:
            paper.add(line, YELLOW)
        worst, more = pins.worst(_PINS)
        for pin in worst:
            paper.pin(pin)
        if more:
            paper.add(f"and {counted(more, 'more finding')}, in the report at the end", DIM)
        paper.status(status, pins, self._rate)
        if status.prompt is not None:
            paper.add(status.said, YELLOW, end=status.prompt)
        return paper.lines

    def look(self, lanes: Iterable[LiveLane], signs: Signs, now: float) -> None:
        """Once a second: what is waited for on each connection."""
        if now - self._looked_at < _LOOK_EVERY:
            return
        self._looked_at = now
        waits = []
        for lane in islice(lanes, _LANES_LOOKED_AT):
            line = lane.waits(now, signs)
            if line:
                waits.append(f"{lane.label} {line}".lstrip())
        more = len(waits) - _WAITS
        self._waits = waits[:_WAITS]
        if more > 0:
            self._waits.append(f"and {counted(more, 'more connection')} that waits")

    def fresh(self, now: float) -> bool:
        """Whether it has been drawn so lately that it need not be drawn otherwise."""
        return bool(self._drawn) and now - self._at < _EVERY

    def put_above(self, rows: str) -> str:
        """The text that puts ``rows`` above the block, which stays as it is."""
        if not rows:
            return ""
        drawn, text = self._drawn, self._text
        out = f"{self.erase()}{rows}{text}"
        self._drawn, self._text = drawn, text
        return out

    def draw(self, rows: str, lines: Sequence[tuple[str, str]], now: float) -> str:
        """The text that puts ``rows`` above the block and draws it anew where it has changed."""
        text = "\n".join(painted for _, painted in lines)
        self._at = now
        if not rows and text == self._text:
            return ""
        out = f"{self.erase()}{rows}{text}"
        self._drawn = [columns(bare) for bare, _ in lines]
        self._text = text
        return out

    def erase(self) -> str:
        """The text that takes the block away."""
        if not self._drawn:
            return ""
        taken = sum(max(1, -(-line // self._width)) for line in self._drawn)
        self._drawn, self._text = [], ""
        up = f"\x1b[{taken - 1}A" if taken > 1 else ""
        return f"\r{up}\x1b[J"

    def _measure(self, status: Status, now: float) -> None:
        """How many events a second, looked at once a second."""
        since = self._counted_at
        if since is not None and now - since < 1.0:
            return
        if since is not None:
            rate = (status.events - self._counted) / (now - since)
            self._rate = f"{rate:,.0f}/s" if rate >= 0.5 else ""
        self._counted_at, self._counted = now, status.events


class _Paper:
    """Lines being written, none wider than the terminal less one column."""

    def __init__(self, rows: Rows) -> None:
        self.lines: list[tuple[str, str]] = []
        self._rows = rows
        self._signs = rows.signs
        self._room = rows.width - 1

    def add(self, text: str, *codes: str, end: str = "") -> None:
        """One line; ``end`` is uncoloured and keeps its own end in sight."""
        end = self._signs.line(end)[-(self._room - 2) :]
        text = self._fit(self._signs.line(text), self._room - len(end))
        self.lines.append((text + end, self._paint(text, *codes) + end))

    def rule(self, title: str) -> None:
        line = "--" if self._signs.ascii else "──"
        head = f"{line} {self._signs.line(title, 300)} " if title else line
        head = self._fit(head, self._room)
        self.add(head + line[0] * (self._room - len(head)), DIM)

    def stream(self, lane: LiveLane, stream: ChunkRun, now: float) -> None:
        quiet = now - stream.touched
        times = f"{self._signs.times}{stream.count:,}"
        cell = self._rows.cell(stream.sender, f"{stream.short_type} {times}")
        head = f"nothing for {quiet:.0f} s, " if quiet >= _STALLED else ""
        said = head + stream.words(lane.rate(stream), cell[1] - len(head), growing=True)
        row = self._rows.event(lane.label, stream.first_at, cell, said)
        self.lines.append((plain(row), row))

    def pin(self, pin: Pin) -> None:
        finding = pin.finding
        times = f" {self._signs.times}{pin.count:,}" if pin.count > 1 else ""
        where = f" ({', '.join(pin.labels)})" if pin.labels else ""
        sign = self._signs.severity(finding.severity)
        name, title = self._signs.line(finding.name, 60), self._signs.line(finding.title, 200)
        self.add(f"{sign} {name}{times}{where}: {title}", _COLORS[finding.severity], BOLD)

    def status(self, status: Status, pins: Pins, rate: str) -> None:
        parts = _parts(status, pins, rate)
        text = "   ".join(self._signs.line(part) for part, _ in parts)
        keys = self._signs.line(status.keys)
        if len(text) + len(keys) + 3 > self._room:
            keys = ""
        gap = " " * (self._room - len(text) - len(keys)) if keys else ""
        painted = "   ".join(self._paint(self._signs.line(part), *codes) for part, codes in parts)
        if len(text) > self._room:
            self.add(text)
        else:
            self.lines.append((f"{text}{gap}{keys}", f"{painted}{gap}{self._paint(keys, DIM)}"))

    def _paint(self, text: str, *codes: str) -> str:
        return paint(text, *codes, color=self._rows.color)

    def _fit(self, text: str, room: int) -> str:
        return fit(text, room, self._signs.line("…"))


def _parts(status: Status, pins: Pins, rate: str) -> list[tuple[str, tuple[str, ...]]]:
    parts: list[tuple[str, tuple[str, ...]]] = []
    if status.paused:
        parts.append((f"PAUSED, {counted(status.held, 'row')} held", (YELLOW, BOLD)))
    if status.several:
        parts.append((f"{status.begun - status.over:,} open, {status.over:,} over", ()))
    events = counted(status.events, "event")
    parts.append((f"{events}, {rate}" if rate else events, ()))
    errors, warnings = pins.counts[Severity.ERROR], pins.counts[Severity.WARNING]
    if errors:
        parts.append((counted(errors, "error"), (RED, BOLD)))
    if warnings:
        parts.append((counted(warnings, "warning"), (YELLOW,)))
    if status.events and not errors and not warnings:
        parts.append(("nothing found", (GREEN,)))
    if status.filter:
        parts.append((f"filter {status.filter}", (CYAN,)))
    return parts
