"""One row for each record as it comes: the lines a live view writes, prepared as plain strings.

No Rich here: a row through it costs a hundred times as much, and a busy session makes hundreds a
second. A row is one line: connection, time, direction, type, what it says.
"""

from __future__ import annotations

from textwrap import wrap

from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Found,
    Opened,
    Paused,
    Record,
    Refused,
    Remark,
    Sender,
    Undecodable,
    Unjudged,
    Violation,
)
from rtdebug.packs.summaries import close_words
from rtdebug.reports.ansi import BOLD, CYAN, DIM, RED, RESET, YELLOW, paint
from rtdebug.reports.figures import CERTAINTY_WORDS, duration, fit, short_ids, shortened
from rtdebug.reports.signs import signs

_LEAD = 16  # columns before the type: time, lane
_INDENT = 14
_WIDE = 160
_MOST_LINES = 6  # of what a peer may have made long
_NO_TIME = " " * 10
_LANES = {Sender.CLIENT: ">   ", Sender.SERVER: "  < "}
_COLORS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.INFO: CYAN}


class Rows:
    """Makes the rows for one kind of terminal, ``width`` columns wide.

    ``labels`` is how many columns the name of a connection gets in front; 0 where there is one
    connection only. ``timed`` False leaves out the times of a record that has none.
    """

    def __init__(
        self,
        *,
        width: int,
        color: bool,
        unicode: bool = True,
        labels: int = 0,
        timed: bool = True,
    ) -> None:
        self.width = max(width, 40)
        self.signs = signs(unicode)
        self.labels = labels
        self._timed = timed
        self._lead = labels + _LEAD
        self._type = _type_columns(self.width, labels)
        self.color = color
        dim, bold, reset = (DIM, BOLD, RESET) if color else ("", "", "")
        self._dim, self._reset = dim, reset
        self._heads = {sender: f"{reset}{_LANES[sender]}{bold if sender is Sender.CLIENT else ''}"
                       for sender in Sender}  # fmt: skip

    # -- events ------------------------------------------------------------------------------

    def cell(self, sender: Sender, type_: str) -> tuple[str, int]:
        """The part of a row that all events of a type share, and the room it leaves."""
        name = self._column(self.signs.line(type_, 60))
        padding = " " * (self._type - len(name))
        room = self.width - self._lead - len(name) - len(padding) - 2
        return f"  {self._heads[sender]}{name}{self._reset}{padding}", room

    def event(self, label: str, at: float, cell: tuple[str, int], said: str) -> str:
        """One event as a row; ``cell`` is what :meth:`cell` made for its type."""
        middle, room = cell
        # Nearly all summaries are plain; only the others need a closer look at each sign.
        plain = said.isascii() and said.isprintable() and "##" not in said
        if "_" in said:
            said = short_ids(said)
        if not plain or self.signs.ascii:
            said = self.signs.line(said, 200)
        if len(said) > room or not plain:
            said = self._fit(said, room) if room > 0 else ""
        head = f"{label:<{self.labels}}{self._dim}" if self.labels else self._dim
        time = f"{at:8.3f} s" if self._timed else _NO_TIME
        row = f"{head}{time}{middle}  {said}"
        return row if said else row.rstrip()

    # -- everything else ---------------------------------------------------------------------

    def row(self, record: Record, summary: str = "", label: str = "") -> str:
        """``record`` as one line without a newline; ``summary`` is what an event says."""
        if isinstance(record, Event):
            cell = self.cell(record.sender, record.type)
            return self.event(label, record.at, cell, summary)
        return self._state(record, label)

    def finding(self, finding: Finding, label: str = "") -> str:
        """``finding`` as one line: its name, how sure it is, its title."""
        title = self.signs.line(finding.title, 200)
        return self._found(finding, label, f" ({_words_of(finding)}): {title}")

    def told(self, finding: Finding, label: str = "") -> list[str]:
        """``finding`` in some lines: what it is, what was seen, what to do."""
        lines = [self._found(finding, label, f"  {_words_of(finding)}")]
        told: list[tuple[str, str, int | None]] = []
        told.append((finding.title, _COLORS[finding.severity], _MOST_LINES))
        if finding.message and finding.message != finding.title:
            told.append((finding.message, DIM, _MOST_LINES))
        if finding.fix:
            told.append((f"Do now: {finding.fix}", DIM, None))
        for sentence, code, most in told:
            wrapped = self._wrapped(sentence, most)
            lines += [paint(line, code, color=self.color) for line in wrapped]
        return lines

    def note(self, text: str, label: str = "") -> str:
        """A word of this program's own, on as many lines as it takes: it ends in what to do."""
        head = f"{label:<{self.labels}}{'':12}=   "
        lines = wrap(self.signs.line(text, 500), max(self.width, len(head) + 20),
                     initial_indent=head, subsequent_indent=" " * len(head),
                     break_on_hyphens=False, break_long_words=False)  # fmt: skip
        return "\n".join(paint(line, CYAN, color=self.color) for line in lines)

    def dropped(self, rows: int) -> str:
        """What stands for rows a slow terminal had no time for."""
        return paint(f"{'':{_LEAD}}{self.signs.cut} {rows:,} more rows", DIM, color=self.color)

    def _found(self, finding: Finding, label: str, rest: str) -> str:
        color = _COLORS[finding.severity]
        name = self.signs.line(finding.name, 60)
        mark = self.signs.severity(finding.severity)
        head = f"{label:<{self.labels}}{self._time(finding.at)}  {mark} {name}"
        rest = self._fit(rest, self.width - len(head))
        return paint(head, color, BOLD, color=self.color) + paint(rest, color, color=self.color)

    def _wrapped(self, text: str, most: int | None) -> list[str]:
        indent = " " * (self.labels + _INDENT)
        text = " ".join(self.signs.text(short_ids(text)).split())
        return wrap(text, self.width, initial_indent=indent, subsequent_indent=indent,
                    max_lines=most, placeholder=self.signs.line(" …"), break_on_hyphens=False,
                    break_long_words=False)  # fmt: skip

    def _state(self, record: Record, label: str) -> str:
        name, said = _words(record)
        name = self._fit(name, self._type)
        head = f"{label:<{self.labels}}{self._time(record.at)}  ={'':3}{name:<{self._type}}  "
        bad = isinstance(record, Refused | Undecodable)
        line = head + self._fit(self.signs.line(said, 300), self.width - len(head))
        return paint(line.rstrip(), RED if bad else CYAN, color=self.color)

    def _time(self, at: float) -> str:
        return f"{at:8.3f} s" if self._timed else _NO_TIME

    def _column(self, name: str) -> str:
        """A name for the column of types, whole where a row has room for that: in a pipe too."""
        most = self._type if self.width < _WIDE else 60
        return shortened(name, most, self.signs.line("…"))

    def _fit(self, text: str, room: int) -> str:
        return fit(text, room, self.signs.line("…"))


def _type_columns(width: int, labels: int) -> int:
    """How many columns the types get."""
    if width < 100:
        return min(24 if labels else 26, max(width - _LEAD - labels - 10, 10))
    return 34


def _words_of(finding: Finding) -> str:
    return f"{finding.severity}, {CERTAINTY_WORDS[finding.certainty]}"


def _words(record: Record) -> tuple[str, str]:
    match record:
        case Opened():
            return "opened", record.url or ""
        case Refused():
            status = f"HTTP {record.status}: " if record.status else ""
            return f"refused at {record.step}", f"{status}{record.text}"
        case Closed():
            return "closed", close_words(record)
        case Ended():
            waited = f"nothing came for {duration(record.waited)}" if record.waited else ""
            return "ended", waited or record.reason
        case Undecodable():
            return f"no event from the {record.sender}", record.reason
        case Remark():
            return "remark", record.text
        case Violation():
            return f"violation by the {record.sender}", record.detail
        case Unjudged():
            return f"not judged, of the {record.sender}", f"{record.size} bytes: {record.why}"
        case Paused():
            return "paused", f"rtdebug itself stood still for {duration(record.seconds)}"
        case Found():
            return "found before", record.finding.title
        case _:
            return record.type, ""
