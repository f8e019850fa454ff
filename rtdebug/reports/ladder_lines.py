"""Rungs of a ladder laid out in columns, as plain pieces of text of which a line is the sum."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from rtdebug.model.findings import Severity
from rtdebug.model.records import Sender
from rtdebug.model.results import Run
from rtdebug.reports.figures import clock, short_ids, shortened
from rtdebug.reports.ladder import Rung, RungKind, ladder
from rtdebug.reports.signs import ARROWS, Signs

# The two lanes: what the server says stands to the right of what the client says.
_LANES = {Sender.CLIENT: ">    ", Sender.SERVER: "   < ", None: "=    "}
_TYPE_LIMIT = 60


class LadderLine(NamedTuple):
    """One line in pieces; their sum is the line as plain text."""

    rung: Rung
    mark: str
    seq: str
    time: str
    lane: str
    type: str
    summary: str

    def plain(self) -> str:
        """The line without colour."""
        return "".join(self[1:]).rstrip()


def lines(run: Run, signs: Signs, limit: int, width: int = 80) -> list[LadderLine]:
    """The ladder of ``run`` in at most about ``limit`` lines, its columns made for ``width``."""
    rungs = ladder(run, limit)
    names = [_name(rung, signs) for rung in rungs]
    shown = [len(name) for name, rung in zip(names, rungs, strict=True) if _aligned(rung)]
    columns = _Columns(
        clock(run.timeline),
        seq=max((len(_seq(rung)) for rung in rungs), default=0),
        time=max((len(clock(run.timeline)(rung.at)) for rung in rungs if rung.at is not None),
                 default=0),
        type=min(max(shown, default=0), 30 if width < 100 else 46),
        width=width,
    )  # fmt: skip
    return [columns.line(rung, name, signs) for rung, name in zip(rungs, names, strict=True)]


class _Columns(NamedTuple):
    """How wide each column is."""

    clock: Callable[[float], str]
    seq: int
    time: int
    type: int
    width: int

    def line(self, rung: Rung, name: str, signs: Signs) -> LadderLine:
        mark = "* " if rung.marked else "  "
        seq = f"{_seq(rung):>{self.seq}}  "
        time = "" if rung.at is None or rung.kind is RungKind.CUT else self.clock(rung.at)
        time = f"{time:>{self.time}}  " if self.time else ""
        summary = short_ids(rung.summary)
        if not _aligned(rung):
            return LadderLine(rung, mark, seq, time, *_annotation(rung, name, signs, summary))
        name = shortened(name, self.type, signs.line("…"))
        padded = f"{name:<{self.type}}" + ("  " if summary else "")
        lane = _LANES[rung.sender if rung.kind is RungKind.EVENT else None]
        taken = len(mark) + len(seq) + len(time) + len(lane) + len(padded)
        said = _id_last(signs.line(summary, 200), self.width - taken)
        return LadderLine(rung, mark, seq, time, lane, padded, said)


def _id_last(summary: str, room: int) -> str:
    """What is too long for its row begins with what it says: an id can be cut off."""
    id_, _, rest = summary.partition(" ")
    if len(summary) <= room or not rest or not re.fullmatch(r"[a-z]+_\S+", id_):
        return summary
    return f"{rest}, {id_}"


def _annotation(rung: Rung, name: str, signs: Signs, summary: str) -> tuple[str, str, str]:
    found = signs.severity(rung.severity or Severity.WARNING)
    lane = {RungKind.FOUND: f"   {found} ", RungKind.MISSING: f"  {signs.missing:>2} "}.get(
        rung.kind, "     "
    )
    lead = f"{signs.cut} " if rung.kind is RungKind.CUT else ""
    joined = ": " if rung.kind is RungKind.FOUND and summary else "  " if summary else ""
    return lane, f"{lead}{name}{joined}", signs.line(summary, 200)


def _aligned(rung: Rung) -> bool:
    return rung.kind in (RungKind.EVENT, RungKind.STATE)


def _name(rung: Rung, signs: Signs) -> str:
    name = signs.line(rung.type, _TYPE_LIMIT)
    return f"{name} {signs.times}{rung.times}" if rung.times > 1 and _aligned(rung) else name


def _seq(rung: Rung) -> str:
    return f"#{rung.seq}" if rung.seq is not None else ""


def event_words(run: Run, seq: int, signs: Signs) -> str:
    """One event of evidence in words: ``#7 < response.created at 1.204 s``."""
    row = next((row for row in run.timeline if row.seq == seq), None)
    if row is None:
        return f"#{seq}"
    at = clock(run.timeline)(row.at)
    name = signs.line(row.type, _TYPE_LIMIT)
    return f"#{seq} {ARROWS[row.sender]} {name}" + (f" at {at}" if at else "")
