"""The live view: every record as a row, chunks as growing lines, findings that stay in sight.

Pure: no clock, no thread, no terminal. Records are appended by whoever carries them, which costs
them next to nothing; whoever draws calls :meth:`LiveView.absorb`, which makes rows of what waits,
and :meth:`LiveView.draw`, which gives the text to write since the last time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Closed, Ended, Event, Record, Refused, Sender
from rtdebug.model.results import Run
from rtdebug.model.value import Value
from rtdebug.packs.pack import Pack
from rtdebug.reports.ansi import DIM, paint, plain
from rtdebug.reports.arrivals import Arrivals, Note, Over
from rtdebug.reports.figures import columns, fit
from rtdebug.reports.filters import EVERYTHING, Filter
from rtdebug.reports.folding import ChunkRun
from rtdebug.reports.live_block import Block, Status
from rtdebug.reports.live_lane import MOST_STREAMS, LiveLane
from rtdebug.reports.live_turns import LiveTurn, LiveTurns
from rtdebug.reports.pins import MOST_TOLD, Pins
from rtdebug.reports.rows import Rows
from rtdebug.reports.signs import without_commands
from rtdebug.reports.verdict import bad_lines, note_lines, passed_lines

MOST_ROWS = 10_000
_MOST_OTHERS = 1_000
_LABEL_COLUMNS = 5
_OTHER_LINES = 12  # of the block beside turns: what is waited for, findings, the status
_SERVER = Sender.SERVER
_QUIET = 2.0  # seconds without a chunk after which a stream is told where nobody sees it grow


class LiveLook(Value):
    """What the view is written to. ``block``: a terminal whose last lines can be drawn anew;
    ``fold``: chunks are added up; ``quiet``: only findings and notes; ``labels``: there is room
    for the names of connections, as there is from the first one that has a name; ``told_later``:
    a report that tells the findings at length follows at once; ``turns``: a row for each turn."""

    width: int = 80
    height: int = 24
    color: bool = False
    unicode: bool = True
    block: bool = False
    fold: bool = True
    quiet: bool = False
    labels: bool = False
    told_later: bool = False
    turns: bool = False


def _all(_: Finding) -> bool:
    return True


class LiveView:
    """One view of any number of connections."""

    def __init__(
        self,
        look: LiveLook,
        *,
        wanted: Filter = EVERYTHING,
        keeps: Callable[[Finding], bool] = _all,
        status: Status | None = None,
    ) -> None:
        self.arrivals: Arrivals[LiveLane] = Arrivals()
        self.pins = Pins()
        self.status = status or Status()
        self._look = look
        self._wanted = wanted
        self._keeps = keeps
        self._folds = look.fold
        self._quiet = look.quiet
        self._rows, self._untimed = _rows(look), _rows(look, timed=False)
        self.turns = LiveTurns(shown=look.turns)
        self._block = Block()
        self._lanes: dict[LiveLane, None] = {}
        self._ready: list[str] = []
        self._unready = 0  # rows that found no room among those
        self.status.filter = wanted.words

    # -- what is shown -----------------------------------------------------------------------

    def lane(self, pack: Pack, label: str = "") -> LiveLane:
        """A new connection; its records and its end go to what this returns."""
        if label and not self._look.labels:
            self.resize(replace(self._look, labels=True))
        self.status.several = self.status.several or bool(label)
        follows = self._look.block or self._look.turns
        lane = LiveLane(self.arrivals, pack, label, self.turns.begun if follows else None)
        lane.wants_records = not self._quiet
        self._lanes[lane] = None
        self.status.begun += 1
        return lane

    def note(self, text: str) -> None:
        """A word about no connection in particular."""
        self.arrivals.say(None, Note(text))

    # -- what the person at the terminal does ------------------------------------------------

    def pause(self, paused: bool) -> None:
        """Hold the rows back, or let them go on."""
        self.status.paused = paused

    def filter(self, wanted: Filter) -> None:
        """Show other events from now on."""
        self._wanted = wanted
        self.status.filter = wanted.words
        self._forget_kinds()

    def widen(self, width: int, height: int = 24) -> None:
        """The terminal is now so wide and high."""
        self.resize(replace(self._look, width=width, height=height))

    def resize(self, look: LiveLook) -> None:
        """What is written to has changed."""
        self._look = look
        self._rows, self._untimed = _rows(look), _rows(look, timed=False)
        self._block.resized(look.width)
        self._forget_kinds()

    # -- what whoever draws does -------------------------------------------------------------

    @property
    def held(self) -> int:
        """Rows that are made and not drawn."""
        return len(self._ready) + self._unready

    def absorb(self, now: float, most: int = 500) -> bool:
        """Makes rows of what waits, of at most so many records; True when more waits."""
        arrivals, released, events = self.arrivals, 0, 0
        waiting = arrivals.waiting
        for _ in range(min(most, len(waiting))):
            lane, what, findings = waiting.popleft()
            if isinstance(what, Event) and lane is not None:
                lane.ahead = now - what.at
                released += what.size
                events += 1
                self._event(lane, what, now)
            elif what is not None:
                self._other(lane, what, now)
            for finding in findings:
                self._found(lane, finding)
        arrivals.held_bytes -= released
        self.status.events += events
        if arrivals.left_out:
            lost = arrivals.take_left_out()
            self._unready += lost
            self.status.events += lost
        return bool(waiting)

    def draw(self, now: float) -> str:
        """What is to be written now; empty when nothing has changed."""
        if not self._look.block:
            self._tell_quiet_streams(now - _QUIET)
            return self._take_rows()
        rows = "" if self.status.paused or self.turns.shown else self._take_rows()
        if self._block.fresh(now):
            return self._block.put_above(rows)
        self.status.held = self.held
        open_ = [(lane, one) for lane in self._lanes for one in lane.streams.open.values()]
        self._block.look(self._lanes, self._rows.signs, now)
        turns = None
        if self.turns.shown:
            turns = self.turns.lines(self._rows, max(self._look.height - _OTHER_LINES, 4), now)
        lines = self._block.lines(self._rows, open_, self.pins, self.status, now, turns)
        return self._block.draw(rows, lines, now)

    def close(self, now: float) -> str:
        """The last that is to be written: everything that was held back, and no block."""
        while self.absorb(now):
            pass
        for lane in self._lanes:
            self._tell(lane, lane.streams.all())
            self._tell_open_turns(lane, now)
        return self._block.erase() + self._take_rows()

    # -- records -----------------------------------------------------------------------------

    def _event(self, lane: LiveLane, event: Event, now: float) -> None:
        """The one thing that is done for every event, and as little of it as can be."""
        _, at, sender, type_, payload, _, _, _ = event
        kind = (lane.server if sender is _SERVER else lane.client).get(type_)
        if kind is None:
            kind = lane.kind(event, self._rows, self._wanted)
            kind.shown = kind.shown and not self._quiet
        times = lane.turn(event, kind.role) if kind.turns else ""
        ended = lane.turns.observe(event, kind.role) if lane.turns is not None else None
        if ended is not None and self._by_turns:
            self._put_turn(self.turns.of(ended), now)
        if kind.ends and lane.streams.open:
            self._tell(lane, lane.streams.ended_by(kind.role, payload))
        elif kind.chunk and lane.times.unheard:
            lane.times.chunk(payload.get("response_id"), at)
        if not kind.shown or (self._wanted.grep is not None and not self._wanted.finds(event)):
            return
        if kind.chunk and self._folds and self._fold(lane, event, kind.role, now):
            return
        if len(self._ready) >= MOST_ROWS and lane.turns is None:  # not worth making
            self._unready += 1
            return
        said = kind.words(payload)
        if times and lane.timed:
            said = lane.ended(said, times, kind.cell[1])
        rows = self._rows if lane.timed else self._untimed
        lane.at = at
        row = rows.event(lane.label, at, kind.cell, said)
        if lane.turns is not None:
            self.turns.row(lane, event.seq, row)
            if self._by_turns:
                return
        self._ready.append(row)

    def _fold(self, lane: LiveLane, event: Event, role: str, now: float) -> bool:
        if not lane.streams.add(event, role, now):
            return False
        if len(lane.streams.open) > MOST_STREAMS:
            self._tell(lane, lane.streams.all())
        return True

    def _other(self, lane: LiveLane | None, what: Record | Over | Note, now: float) -> None:
        label = lane.label if lane else ""
        if isinstance(what, Note):
            self._put(self._rows.note(what.text, label))
            return
        if lane and isinstance(what, Over | Closed | Ended | Refused):
            self._tell(lane, lane.streams.all())
        if isinstance(what, Over):
            self._over(lane, what)
            return
        if lane is not None:
            lane.ahead = now - what.at
        if self._wanted.admits(what) and not self._quiet:
            self._put(self._rows_of(lane).row(what, label=label))

    def _over(self, lane: LiveLane | None, over: Over) -> None:
        if lane is not None and lane in self._lanes:
            del self._lanes[lane]
            self.status.over += 1
            self._tell_open_turns(lane, lane.at)
        if over.run is not None and not over.told:
            for line in self._summed_up(over.run):
                self._put(line)

    def _summed_up(self, run: Run) -> list[str]:
        signs, color, width = self._rows.signs, self._look.color, self._look.width
        if run.outcome.is_good:
            lines = passed_lines(run, signs, color=color, width=width)
        else:
            lines = bad_lines(run, signs, color=color)
            lines += [f"  {paint(note, DIM, color=color)}" for note in note_lines(run, signs)]
        return [
            line if columns(plain(line)) <= width else fit(plain(line), width, signs.line("…"))
            for line in lines
        ]

    def _found(self, lane: LiveLane | None, finding: Finding) -> None:
        if not self._keeps(finding):
            return
        label = lane.label if lane else ""
        if lane:
            self._tell(lane, lane.streams.all())
            lane.at = max(lane.at, finding.at)
        if finding.withdrawn:
            self.pins.withdraw(finding)
            self._put(self._rows_of(lane).note(f"withdrawn: {finding.name}", label))
            return
        if lane is not None:
            self.turns.found(lane, finding)
        count = self.pins.add(finding, label)
        rows = self._rows_of(lane)
        if count == 1 and finding.severity is not Severity.INFO and not self._look.told_later:
            for line in rows.told(finding, label):
                self._put(line)
        elif count <= MOST_TOLD:
            self._put(rows.finding(finding, label))
        elif count == MOST_TOLD + 1:
            self._put(self._rows.note(f"more of {finding.name} is counted and not shown", label))

    # -- rows --------------------------------------------------------------------------------

    def _tell(self, lane: LiveLane, streams: Sequence[ChunkRun]) -> None:
        """Streams that are over, as rows of when they last grew, or of the row above: times only
        go on."""
        rows, signs = self._rows_of(lane), self._rows.signs
        for one in sorted(streams, key=lambda stream: stream.last_at):
            lane.at = max(lane.at, one.last_at)
            cell = rows.cell(one.sender, f"{one.type} {signs.times}{one.count:,}")
            said = one.words(lane.rate(one), cell[1])
            row = rows.event(lane.label, lane.at, cell, said)
            if lane.turns is not None:
                self.turns.row(lane, one.seq, row)
            if not self._by_turns:
                self._put(row)

    @property
    def _by_turns(self) -> bool:
        """Whether rows are those of turns: they can be chosen only where a block is drawn."""
        return self._look.turns and not self._look.block

    def _put_turn(self, turn: LiveTurn | None, now: float) -> None:
        if turn is not None:
            self._put(self.turns.line(turn, self._rows, now))

    def _tell_open_turns(self, lane: LiveLane, now: float) -> None:
        for one in self.turns.over(lane):
            if self._by_turns:
                self._put_turn(one, now)

    def _rows_of(self, lane: LiveLane | None) -> Rows:
        return self._rows if lane is None or lane.timed else self._untimed

    def _tell_quiet_streams(self, moment: float) -> None:
        for lane in self._lanes:
            if lane.streams.open:
                self._tell(lane, lane.streams.quiet_since(moment))

    def _put(self, row: str) -> None:
        """A row that is worth more than those of events: there is room for some more of these."""
        if len(self._ready) < MOST_ROWS + _MOST_OTHERS:
            self._ready.append(row)
        else:
            self._unready += 1

    def _take_rows(self) -> str:
        if not self._ready:
            return ""
        if self._unready:
            self._ready.append(self._rows.dropped(self._unready))
        text = "\n".join(self._ready) + "\n"
        self._ready.clear()
        self._unready = 0
        return without_commands(text)

    def _forget_kinds(self) -> None:
        for lane in self._lanes:
            lane.forget_kinds()


def _rows(look: LiveLook, *, timed: bool = True) -> Rows:
    labels = _LABEL_COLUMNS if look.labels else 0
    return Rows(
        width=look.width, color=look.color, unicode=look.unicode, labels=labels, timed=timed
    )
