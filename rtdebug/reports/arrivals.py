"""What a display has still to show: a bounded queue that costs those who fill it next to nothing.

Nothing is formatted here. Whoever carries messages only appends; the display takes them out when it
is drawn, and a display that is not drawn for long loses rows, which are counted, and no more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Record
from rtdebug.model.results import Run
from rtdebug.packs.pack import Pack

MOST_RECORDS = 10_000
MOST_BYTES = 8 * 1024 * 1024
_MOST_OTHERS = 1_000  # findings and notes that wait although the queue is full


class Over(NamedTuple):
    """A connection has ended; ``run`` is what it came to, None where that is told elsewhere."""

    run: Run | None


class Note(NamedTuple):
    """A word of this program's own, on one line."""

    text: str


LaneT = TypeVar("LaneT", bound="Lane")
What: TypeAlias = Record | Over | Note | None


class Arrivals(Generic[LaneT]):
    """The queue. ``left_out`` counts records that found no room and are not to be shown; whoever
    takes an event out takes its size from ``held_bytes``."""

    def __init__(self, most: int = MOST_RECORDS, most_bytes: int = MOST_BYTES) -> None:
        self.waiting: deque[tuple[LaneT | None, What, Sequence[Finding]]] = deque()
        self.left_out = 0
        self.held_bytes = 0
        self.most = most
        self.most_bytes = most_bytes

    def leave_out(self, lane: LaneT | None, findings: Sequence[Finding]) -> None:
        """One record for which there was no room; its findings are shown all the same."""
        self.left_out += 1
        if findings:
            self.say(lane, None, findings)

    def say(
        self, lane: LaneT | None, what: Over | Note | None, findings: Sequence[Finding] = ()
    ) -> None:
        """Something rare and worth more than a record. The end of a lane is never left out."""
        if len(self.waiting) < self.most + _MOST_OTHERS or type(what) is Over:
            self.waiting.append((lane, what, findings))
        else:
            self.left_out += 1

    def take_left_out(self) -> int:
        """How many were left out since this was last asked."""
        count, self.left_out = self.left_out, 0
        return count


class Lane:
    """One connection as a display hears of it: a sink for its records.

    ``label`` is its name on the screen, empty where there is only one. ``wants_records``: it is no
    use to show it anything but findings and the end where that is False. ``timed``: its records
    have times.
    """

    wants_records = True
    timed = True

    def __init__(self, arrivals: Arrivals[Any], pack: Pack, label: str) -> None:
        self.pack = pack
        self.label = label
        self._arrivals = arrivals

    def accept(self, record: Record, findings: Sequence[Finding]) -> None:
        """One record with what it brought to light."""
        arrivals = self._arrivals
        if len(arrivals.waiting) < arrivals.most and arrivals.held_bytes < arrivals.most_bytes:
            if isinstance(record, Event):
                arrivals.held_bytes += record.size
            arrivals.waiting.append((self, record, findings))
        else:
            arrivals.leave_out(self, findings)

    def found(self, findings: Sequence[Finding]) -> None:
        """What a passed deadline brought to light."""
        self._arrivals.say(self, None, findings)

    def note(self, text: str) -> None:
        """A word about this connection."""
        self._arrivals.say(self, Note(text))

    def over(self, run: Run | None = None) -> None:
        """The connection has ended; ``run`` is what it came to."""
        self._arrivals.say(self, Over(run))
