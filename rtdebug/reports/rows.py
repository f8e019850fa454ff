"""One row for each record as it comes: the lines a live view writes, prepared as plain strings.

No Rich here: a row through it costs a hundred times as much, and a busy session makes hundreds a
second. A row is one line: time, direction, type, what it says.
"""

from __future__ import annotations

from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Opened,
    Record,
    Refused,
    Remark,
    Sender,
    Undecodable,
)
from rtdebug.packs.summaries import fold
from rtdebug.reports.ansi import BOLD, CYAN, DIM, RED, RESET, YELLOW, paint
from rtdebug.reports.figures import CERTAINTY_WORDS, fit, short_ids
from rtdebug.reports.signs import signs

_LEAD = 16  # columns before the type: time, lane
_LANES = {Sender.CLIENT: ">   ", Sender.SERVER: "  < "}
_COLORS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.INFO: CYAN}


class Rows:
    """Makes the rows for one kind of terminal, ``width`` columns wide."""

    def __init__(self, *, width: int, color: bool, unicode: bool = True) -> None:
        self._width = max(width, 40)
        self._type = 26 if width < 100 else 34  # columns that hold most types
        self._color = color
        self._signs = signs(unicode)
        dim, bold, reset = (DIM, BOLD, RESET) if color else ("", "", "")
        self._dim, self._reset = dim, reset
        self._heads = {sender: f"{reset}{_LANES[sender]}{bold if sender is Sender.CLIENT else ''}"
                       for sender in Sender}  # fmt: skip

    def row(self, record: Record, summary: str = "") -> str:
        """``record`` as one line without a newline; ``summary`` is what an event says."""
        if isinstance(record, Event):
            return self._event(record.at, record.sender, record.type, summary)
        return self._state(record)

    def folded(self, first: Event, summaries: list[str]) -> str:
        """Many chunks of one type as one row."""
        name = f"{first.type} {self._signs.times}{len(summaries)}"
        return self._event(first.at, first.sender, name, fold(summaries))

    def finding(self, finding: Finding) -> str:
        """``finding`` as one line: its name, how sure it is, its title."""
        color = _COLORS[finding.severity]
        head = f"{_time(finding.at)}  ! {self._signs.line(finding.name, 60)}"
        words = f"{finding.severity}, {CERTAINTY_WORDS[finding.certainty]}"
        title = self._signs.line(finding.title, 200)
        rest = self._fit(f" ({words}): {title}", self._width - len(head))
        return paint(head, color, BOLD, color=self._color) + paint(rest, color, color=self._color)

    def dropped(self, rows: int) -> str:
        """What stands for rows a slow terminal had no time for."""
        return paint(f"{'':{_LEAD}}{self._signs.cut} {rows:,} more rows", DIM, color=self._color)

    def _event(self, at: float, sender: Sender, type_: str, summary: str) -> str:
        name = f"{self._signs.line(type_, 60):<{self._type}}"
        room = self._width - _LEAD - len(name) - 2
        said = self._fit(self._signs.line(short_ids(summary), 200), room) if room > 0 else ""
        dim, reset = self._dim, self._reset
        line = f"{dim}{_time(at)}  {self._heads[sender]}{name}{reset}"
        return f"{line}  {dim}{said}{reset}" if said else line.rstrip()

    def _state(self, record: Record) -> str:
        name, said = _words(record)
        head = f"{_time(record.at)}  ={'':3}{name:<{self._type}}  "
        bad = isinstance(record, Refused | Undecodable)
        line = head + self._fit(self._signs.line(said, 300), self._width - len(head))
        return paint(line.rstrip(), RED if bad else CYAN, color=self._color)

    def _fit(self, text: str, room: int) -> str:
        return fit(text, room, self._signs.line("…"))


def _time(at: float) -> str:
    return f"{at:8.3f} s"


def _words(record: Record) -> tuple[str, str]:
    match record:
        case Opened():
            return "opened", record.url or ""
        case Refused():
            status = f"HTTP {record.status}: " if record.status else ""
            return f"refused at {record.step}", f"{status}{record.text}"
        case Closed():
            by = f" by the {record.sender}" if record.sender else ""
            return "closed", f"{record.code}{by} {record.reason}".strip()
        case Ended():
            return "ended", record.reason
        case Undecodable():
            return f"no event from the {record.sender}", record.reason
        case Remark():
            return "remark", record.text
        case _:
            return record.type, ""
