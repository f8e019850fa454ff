"""A message that the client could not read from its first character on."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Certainty, Finding
from rtdebug.model.records import Remark
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.client.said_lines import SaidLines
from rtdebug.safe import one_line

AT_START = (
    r"(?i)'.' is an invalid start of a value.{0,80}BytePositionInLine: 0\b"
    r"|unexpected token '?(\S)'?, \"\1[^\n]{0,80}is not valid json"
    r"|unexpected token '?\S'? in json at position 0\b"
    r"|expecting value: line 1 column 1 \(char 0\)"
    r"|invalid character '.{1,4}' looking for beginning of value"
    r"|expected value at line 1 column 1\b|EOF while parsing a value at line 1 column 0\b"
    r"|unrecognized token '[^'\n]{0,40}': was expecting.{0,200}line: 1, column: [01]\b"
    r"|text must begin with '\{' at (?:character )?[01]\b|invalid value around line 1, column 0\b"
    r"|unexpected character \(at character 1\)"
)


class NonJsonFrame(Rule):
    """Reads the words of the client's parser."""

    name = "malformed-message"
    roles = ("arguments.done",)
    begins = ("remarked",)

    _arguments = 0

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._lines = SaidLines(self.state, AT_START)

    def observe(self, event: object, role: str) -> Iterable[Finding]:
        """Arguments of a call: what a client cannot parse just after them are they."""
        last = self.state.last
        self._arguments = last.seq if last is not None else 0
        return NOTHING

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log that is no event."""
        last = self.state.last
        if last is None or last.seq != self._arguments:
            self._lines.take(remark)
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """All of the log is read."""
        line = next(iter(self._lines.lines), None)
        if line is not None:
            message = f'{line.where} says "{one_line(line.remark.text, 200)}": what came is no JSON'
            message += f", after event {line.after}" if line.after else ""
            yield self.finding(
                message, at=line.remark.at, evidence=(line.after,),
                certainty=Certainty.MEDIUM,
            )  # fmt: skip
