"""Turns in a live view: one row each, who asked, when the first of it came, how it ended; one of
them is opened to its events.

Pure, as all of the view. Turns and the rows of their events are kept for all connections together,
the latest of them: what is older is in the capture.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice

from rtdebug.model.findings import Finding, Severity
from rtdebug.reports.ansi import BOLD, DIM, GREEN, RED, YELLOW, paint, plain
from rtdebug.reports.figures import counted, duration, fit, short_ids
from rtdebug.reports.live_lane import LiveLane
from rtdebug.reports.rows import Rows
from rtdebug.reports.turns import Turn

_MOST = 500
_MOST_ROWS = 4000
_LATE = 1.0  # seconds that are worth telling
_ASKED = {"client": "client asked", "server": "speech heard"}
_WORST = (Severity.ERROR, Severity.WARNING)


class LiveTurn:
    """A turn, by its number, and what was found of it. ``over``: its connection has ended."""

    __slots__ = ("lane", "number", "over", "turn", "worst")

    def __init__(self, lane: LiveLane, number: int, turn: Turn) -> None:
        self.lane, self.number, self.turn = lane, number, turn
        self.over = False
        self.worst: Severity | None = None

    def concerns(self, finding: Finding) -> bool:
        """Whether the finding names it, or rests on what began or ended it."""
        turn = self.turn
        if finding.subject and finding.subject == turn.id:
            return True
        moments = (turn.asked, turn.begun, turn.first, turn.end)
        return any(moment is not None and moment[0] in finding.evidence for moment in moments)


class LiveTurns:
    """The turns of all connections. ``shown``: they stand in place of the events; ``chosen`` is the
    number of one, 0 for the latest; ``opened``: its events are shown."""

    def __init__(self, *, shown: bool = False) -> None:
        self.shown = shown
        self.chosen = 0
        self.opened = False
        self._turns: deque[LiveTurn] = deque(maxlen=_MOST)
        self._rows: deque[tuple[LiveLane, int, str]] = deque(maxlen=_MOST_ROWS)
        self._count = 0

    def begun(self, lane: LiveLane, turn: Turn) -> None:
        """One more turn."""
        self._count += 1
        self._turns.append(LiveTurn(lane, self._count, turn))

    def row(self, lane: LiveLane, seq: int, row: str) -> None:
        """The row of an event, should the turn that it is of be opened."""
        self._rows.append((lane, seq, row))

    def found(self, lane: LiveLane, finding: Finding) -> None:
        """A finding marks the turn that it is about."""
        if finding.withdrawn or finding.severity is Severity.INFO:
            return
        for one in reversed(self._turns):
            if one.lane is lane and one.concerns(finding):
                if one.worst is not Severity.ERROR:
                    one.worst = finding.severity
                return

    def of(self, turn: Turn) -> LiveTurn | None:
        """What is kept of a turn."""
        return next((one for one in reversed(self._turns) if one.turn is turn), None)

    def over(self, lane: LiveLane) -> Iterator[LiveTurn]:
        """The connection has ended: its turns that never did."""
        for one in self._turns:
            if one.lane is lane:
                one.over = True
                if one.turn.end is None:
                    yield one

    def choose(self, number: int) -> None:
        """Mark another turn; the latest where there is no such one."""
        if self._turns:
            first, last = self._turns[0].number, self._turns[-1].number
            self.chosen = max(first, number) if number < last else 0

    def move(self, step: int) -> None:
        """Mark the turn above or below."""
        self.choose((self.chosen or self._count) + step)

    # -- drawing -----------------------------------------------------------------------------

    def lines(self, rows: Rows, room: int, now: float) -> list[str]:
        """At most so many lines: the turns around the chosen one."""
        if not self._turns:
            return [paint("no turn yet", DIM, color=rows.color)]
        first = self._turns[0].number
        chosen = max((self.chosen or self._count), first)
        inside = self._inside(self._turns[chosen - first], rows) if self.opened else []
        if len(inside) > max(room - 3, 1):
            kept = max(room - 4, 1)
            more = counted(len(inside) - kept, "earlier event")
            inside = [paint(f"{'':8}and {more}", DIM, color=rows.color), *inside[-kept:]]
        most = max(room - len(inside), 1)
        begin = min(max(chosen - first - most // 2, 0), max(len(self._turns) - most, 0))
        lines = []
        for one in islice(self._turns, begin, begin + most):
            mark = ("*" if rows.signs.ascii else "▸") if one.number == chosen else " "
            lines.append(f"{mark} {self.line(one, rows, now, room=rows.width - 3)}")
            if one.number == chosen:
                lines += inside
        return lines

    def _inside(self, one: LiveTurn, rows: Rows) -> list[str]:
        begin, end = one.turn.events
        found = [row for lane, seq, row in self._rows if lane is one.lane and begin <= seq <= end]
        ellipsis = rows.signs.line("…")
        # Rows that were made for a wider terminal are cut, without their colours.
        room = rows.width - 5
        found = [row if len(plain(row)) <= room else fit(plain(row), room, ellipsis)
                 for row in found]  # fmt: skip
        return [f"    {row}" for row in found] or ["    its events are no longer kept"]

    def line(self, one: LiveTurn, rows: Rows, now: float, room: int = 0) -> str:
        """A turn on one line."""
        turn, lane = one.turn, one.lane
        sign, color = _mark(one, rows)
        began = turn.asked or turn.begun
        at = f"{began[1]:8.3f} s  " if lane.timed and began else ""
        label = f"{lane.label:<{rows.labels}}"
        asked = _ASKED[turn.asked_by] if turn.asked else "server began"
        head = f"{label}{at}{sign} turn {one.number:<3} {asked}"
        said = [*_times(one, None if lane.ahead is None else now - lane.ahead), short_ids(turn.id)]
        rest = rows.signs.line(", ".join(filter(None, said)), 200)
        line = fit(f"{head}  {rest}", room or rows.width, rows.signs.line("…"))
        return paint(line[: len(head)], color, BOLD, color=rows.color) + line[len(head) :]


def _mark(one: LiveTurn, rows: Rows) -> tuple[str, str]:
    """What stands before a turn: what was found of it, or how it ended."""
    turn, signs = one.turn, rows.signs
    if one.worst is not None:
        return signs.severity(one.worst), RED if one.worst is Severity.ERROR else YELLOW
    if turn.end is None:
        return (signs.missing[0], RED) if one.over else (signs.open, YELLOW)
    return (signs.good, GREEN) if turn.how == "completed" else (signs.skipped, DIM)


def _times(one: LiveTurn, now: float | None) -> Iterator[str]:
    """How it ended and when the first of it came, from when it began, as rows of events tell it."""
    turn, timed = one.turn, one.lane.timed
    asked, began = turn.asked, turn.begun
    if began is None:
        silent = _silence(one, now)
        yield "never begun" if one.over else f"no answer yet{silent}"
        return
    if turn.end is not None:
        took = f" in {duration(turn.end[1] - began[1])}" if timed else ""
        yield f"{turn.how or 'ended'}{took}"
    else:
        yield "never ended" if one.over else f"{turn.how or 'goes on'}{_silence(one, now)}"
    if timed and turn.first is not None:
        yield f"first delta {duration(turn.first[1] - began[1])}"
    if timed and asked is not None and began[1] - asked[1] >= _LATE:
        yield f"created after {duration(began[1] - asked[1])}"


def _silence(one: LiveTurn, now: float | None) -> str:
    last = one.turn.last
    if now is None or last is None or not one.lane.timed or now - last[1] < _LATE:
        return ""
    return f", nothing for {duration(now - last[1])}"
