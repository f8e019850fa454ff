"""The live view for programs: one line of JSON for each record, see :mod:`rtdebug.reports.ndjson`.

``connection`` is the number of the connection where there may be several; what could not be
written because its reader was too slow is counted in a line ``{"left_out": 12}``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Record
from rtdebug.packs.pack import Pack
from rtdebug.reports.arrivals import Arrivals, Lane, Note, Over
from rtdebug.reports.encoding import encode
from rtdebug.reports.filters import EVERYTHING, Filter
from rtdebug.reports.ndjson import line

_MOST_CHARACTERS = 4 * 1024 * 1024


def _all(_: Finding) -> bool:
    return True


class NdjsonView:
    """A stream of lines; a record that is filtered out leaves only its findings."""

    def __init__(
        self, *, wanted: Filter = EVERYTHING, keeps: Callable[[Finding], bool] = _all
    ) -> None:
        self.arrivals: Arrivals[Lane] = Arrivals()
        self._wanted = wanted
        self._keeps = keeps
        self._ready: list[str] = []
        self._characters = 0

    def lane(self, pack: Pack, label: str = "") -> Lane:
        """A new connection; its records and its end go to what this returns."""
        return Lane(self.arrivals, pack, label)

    def note(self, text: str) -> None:
        """A word about no connection in particular."""
        self.arrivals.say(None, Note(text))

    @property
    def held(self) -> int:
        """Lines that are made and not drawn."""
        return len(self._ready)

    def absorb(self, now: float, most: int = 500) -> bool:
        """Makes lines of what waits, of at most so many records; True when more waits."""
        arrivals = self.arrivals
        for _ in range(min(most, len(arrivals.waiting))):
            if self._characters >= _MOST_CHARACTERS:
                return False
            lane, what, findings = arrivals.waiting.popleft()
            if isinstance(what, Event):
                arrivals.held_bytes -= what.size
            self._line(lane.label if lane else "", what, findings)
        if arrivals.left_out and not arrivals.waiting:
            self._put(encode({"left_out": arrivals.take_left_out()}) + "\n")
        return bool(arrivals.waiting)

    def draw(self, now: float) -> str:
        """What is to be written now."""
        text = "".join(self._ready)
        self._ready.clear()
        self._characters = 0
        return text

    def close(self, now: float) -> str:
        """The last that is to be written."""
        pieces = [self.draw(now)]
        while self.arrivals.waiting or self.arrivals.left_out:
            self.absorb(now)
            pieces.append(self.draw(now))
        return "".join(pieces)

    def _line(
        self, label: str, what: Record | Over | Note | None, findings: Sequence[Finding]
    ) -> None:
        number = int(label[1:]) if label[1:].isdigit() else None
        if isinstance(what, Note):
            self._put(encode(_numbered({"note": what.text}, number)) + "\n")
            return
        kept = [finding for finding in findings if self._keeps(finding)]
        record = None if isinstance(what, Over) else what
        if record is not None and not self._wanted.admits(record):
            record = None
        if record is not None or kept:
            self._put(line(record, kept, connection=number))

    def _put(self, text: str) -> None:
        self._ready.append(text)
        self._characters += len(text)


def _numbered(fields: dict[str, object], number: int | None) -> dict[str, object]:
    return fields if number is None else {"connection": number, **fields}
