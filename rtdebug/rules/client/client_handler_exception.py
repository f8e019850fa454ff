"""The client's handler fails, and nothing is read any more."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, NeutralRule
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Remark
from rtdebug.rules.client.said_lines import SaidLines

_RAISED = (
    r"^\W*(?:[\w.]+\.)?(?:[A-Z]\w*(?:Error|Exception)\b(?: ?:|$| at )|Exception: )"
    r"|(?i:\bunhandled (?:error|exception|promise|rejection|'error')|\buncaught\b|\bpanic(?:ked)?\b"
    r"|\bsegmentation fault\b|\bfatal error:|\bexception in (?:thread|callback|task)\b"
    r"|\btask exception was never retrieved\b|\bunhandledrejection\b)"
    r"|\bTraceback \(most recent call last\)|\bError: Cannot read propert"
)
_OTHER = (
    r"(?i)connection ?(?:was )?(?:closed|reset|refused|lost|abort|timed)|handshake|invalid ?status"
    r"|time(?:d)? ?-?out|econn|getaddrinfo|enotfound|ws or wss|keepalive|websocket.{0,40}clos"
    r"|\bssl|certificate|cancell?ed|keyboardinterrupt|\bhttp \d\d\d|json|unexpected (?:end|token)"
    r"|disconnect|url ?error|os ?error|unauthori[sz]ed|broken ?pipe"
)


class ClientHandlerException(NeutralRule):
    """Reads the client's words, and looks whether events followed them."""

    name = "client-handler-exception"
    begins = ("remarked",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._lines = SaidLines(self.state, _RAISED)

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log that is no event; of a program that is heard, ClientException tells."""
        if not remark.source:
            self._lines.take(remark)
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """All of the log is read."""
        state = self.state
        if state.refused is not None or state.last is None:
            return
        if state.closed is not None and state.closed.code not in (1000, 1005):
            return  # what the client says then is that
        lines = self._lines.at_the_end()
        raised = [line for line in lines if "Traceback" not in line.remark.text]
        if any(re.search(_OTHER, line.remark.text) for line in raised) or not lines:
            return
        at_error = state.last.type == state.pack.type("error")
        if at_error and not raised:
            return  # what it raised was cut off, and an error is what clients raise
        line = (raised or lines)[-1]
        message = (
            f'{line.where} says "{self.quote(line.remark.text, 200)}" at event {state.last.seq} '
            f"({state.last.type}), and no event is read any more"
        )
        severity = Severity.WARNING if at_error else None
        yield self.finding(
            message, at=line.remark.at, evidence=(state.last.seq,), severity=severity
        )
