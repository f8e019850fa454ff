"""The lines of a client's log that are no events, kept where they say what a rule looks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rtdebug.engine.state import State
from rtdebug.model.records import Event, Remark
from rtdebug.model.value import Value

_KEPT = 50
_READ = 2000
_QUOTED = 5


class SaidLine(Value):
    """A line that fits: ``found`` is what fitted, ``after`` the event it came after."""

    remark: Remark
    found: str
    after: int

    @property
    def where(self) -> str:
        """The line of the log, in words."""
        return f"line {self.remark.line}" if self.remark.line else "the log"


class SaidLines:
    """Collects lines that fit one pattern and none of another.

    Patterns come as text, here as in all rules: most sessions have no such lines, and a pattern
    takes longer to compile than its rule to load. ``re`` keeps those that are used.
    """

    def __init__(self, state: State, wanted: str, *but: str) -> None:
        self._state = state
        self._wanted = wanted
        self._but = but
        self.lines: list[SaidLine] = []

    def take(self, remark: Remark) -> None:
        """One line of the log."""
        text = remark.text[:_READ]
        match = re.search(self._wanted, text)
        if match is None or len(self.lines) >= _KEPT or self._barred(text):
            return
        last = self._state.last
        self.lines.append(SaidLine(remark, match[0], last.seq if last is not None else 0))

    def _barred(self, text: str) -> bool:
        return any(re.search(one, text) for one in self._but)

    def at_the_end(self) -> Sequence[SaidLine]:
        """Those after which no event came any more, but for an error that the line itself holds."""
        last = self._state.last
        if last is None:
            return list(self.lines)
        error = last.type == self._state.pack.type("error")
        return [
            line
            for line in self.lines
            if line.after >= last.seq - (1 if error and not last.whole else 0)
            or _quotes(line, last)
        ]


def _quotes(line: SaidLine, last: Event) -> bool:
    """Whether what follows are only the types that the line itself mentions."""
    few = last.seq - line.after <= _QUOTED
    return few and not last.whole and last.type in line.remark.text
