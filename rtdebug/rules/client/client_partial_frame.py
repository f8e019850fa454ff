"""The client takes a part of a message for a whole one."""

from __future__ import annotations

import json
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, NeutralRule
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Remark, Sender, Undecodable
from rtdebug.rules.client.non_json_frame import AT_START
from rtdebug.rules.client.said_lines import SaidLines

_BROKEN = (
    r"(?i)\bunterminated string\b|\bunexpected end of (?:json|input|data|string)"
    r"|\bunexpected eof\b|\bend of data when\b|\breached end of (?:data|string)"
    r"|\beof while parsing\b|\bexpecting (?:value|',' delimiter|':' delimiter|property name)"
    r"|\bunexpected token .{0,40}\bjson\b|\binvalid character .{0,40}looking for\b"
    r"|\bjsondecodeerror\b|\bjson(?:reader|parse|_parse)?_?exception\b|\bjson parse error\b"
    r"|\b(?:receive|recv|read|rx|input|websocket|frame) ?buffer "
    r"(?:overflow|full|too small|exceeded)"
    r"|\bbuffer overflow\b|\bincomplete json\b"
)
_SIZES = frozenset(
    size - spare for power in range(8, 18) for size in (1 << power,) for spare in (0, 1)
)
_MOST_CHARACTERS = 1 << 21


class ClientPartialFrame(NeutralRule):
    """Joins what is no event, and reads the client's words."""

    name = "client-partial-frame"

    roles = ("arguments.done",)
    begins = ("remarked", "undecodable", "arguments.done")

    _arguments: int | None = None

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._pieces: list[Undecodable] = []
        self._cut: list[Undecodable] = []
        self._told = False
        self._lines = SaidLines(self.state, _BROKEN, AT_START)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Arguments of a call: what a client cannot parse just after them are they."""
        self._arguments = event.seq
        return NOTHING

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log that is no event."""
        if self._arguments is None or not self._is_of_arguments():
            self._lines.take(remark)
        return NOTHING

    def _is_of_arguments(self) -> bool:
        last = self.state.last
        return last is not None and last.seq == self._arguments

    def undecodable(self, message: Undecodable) -> Iterable[Finding]:
        """A message that is no event: perhaps a piece of one."""
        if self._told or message.sender is not Sender.SERVER:
            return NOTHING
        text = _text(message)
        if text.lstrip()[:1] == "{":
            self._pieces = [message]
            if len(text) in _SIZES:
                self._cut.append(message)
            return NOTHING
        if self._pieces and self._pieces[-1].seq == message.seq - 1:
            self._pieces.append(message)
            return self._joined()
        return NOTHING

    def _joined(self) -> Iterable[Finding]:
        whole = "".join(_text(piece) for piece in self._pieces)
        if len(whole) > _MOST_CHARACTERS:
            self._pieces = []
            return
        try:
            payload = json.loads(whole)
        except (ValueError, RecursionError):
            return
        if isinstance(payload, dict) and self.state.pack.name_of(payload):
            self._told = True
            seqs = [piece.seq for piece in self._pieces]
            message = (
                f"messages {seqs[0]} to {seqs[-1]} are no events alone, but together they are one "
                f"{self.state.pack.name_of(payload)}; the first has {len(_text(self._pieces[0]))} "
                "characters"
            )
            yield self.finding(message, at=self._pieces[-1].at, evidence=seqs)

    def finished(self) -> Iterable[Finding]:
        """All of the log is read."""
        if self._told:
            return
        line = next(iter(self._lines.lines), None)
        if line is not None:
            message = f'{line.where} says "{self.quote(line.remark.text, 200)}"'
            message += f" after event {line.after}" if line.after else ""
            yield self.finding(message, at=line.remark.at, evidence=(line.after,))
        elif len(self._cut) >= 2 and len({len(_text(one)) for one in self._cut}) == 1:
            size = len(_text(self._cut[0]))
            message = f"{len(self._cut)} messages end after {size} characters in the middle of JSON"
            yield self.finding(
                message, at=self._cut[0].at, evidence=[one.seq for one in self._cut[:5]]
            )


def _text(message: Undecodable) -> str:
    data = message.data
    return data if isinstance(data, str) else data.decode("utf-8", "replace")
