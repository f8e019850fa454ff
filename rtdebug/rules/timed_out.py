"""Base of the rules about an SDK that says that it waited in vain, in logs that hold its words
instead of the events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Remark
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.client.said_lines import SaidLines
from rtdebug.safe import one_line


class TimedOutRule(Rule):
    """``words`` are what the SDK says; where the log shows events, the rules about those judge."""

    begins = ("remarked",)
    words: ClassVar[str]

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._lines = SaidLines(self.state, self.words)

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log that is no event."""
        self._lines.take(remark)
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """All of the log is read."""
        if self.state.last is not None or not self._lines.lines:
            return
        line = self._lines.lines[0]
        message = f'{line.where} says "{one_line(line.remark.text, 200)}"'
        times = len(self._lines.lines)
        message += f", and so in {times} lines" if times > 1 else ""
        yield self.finding(message, at=line.remark.at)
