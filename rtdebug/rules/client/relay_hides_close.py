"""A gateway lost its upstream and does not say so."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Remark
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.client.said_lines import SaidLines

_UPSTREAM = (
    r"(?i)\b(?:upstream|backend|provider|openai|azure|remote)\b.{0,60}"
    r"\b(?:clos(?:ed|ing)|disconnect(?:ed)?|dropp?ed|lost|terminated|gone|error)\b"
)
_GATEWAY = r"(?i)\b(?:proxy|gateway|relay|upstream|litellm|bifrost|bridge|router)\b"


class RelayHidesClose(Rule):
    """Reads the gateway's words, and looks whether the client heard of it."""

    name = "relay-hides-close"
    begins = ("remarked",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._lines = SaidLines(self.state, _UPSTREAM)
        self._gateway = False

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log that is no event."""
        self._lines.take(remark)
        self._gateway = self._gateway or re.search(_GATEWAY, remark.text[:1000]) is not None
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """All of the log is read."""
        state = self.state
        if not self._gateway or state.closed is not None or state.refused is not None:
            return
        lines = [line for line in self._lines.at_the_end() if line.after]
        waiting = state.responses.open or any(state.requests.pending.values())
        if not lines or not waiting:
            return
        line = lines[0]
        message = (
            f'{line.where} says "{self.quote(line.remark.text, 200)}", but no close or error '
            f"reached the client, whose last event is {line.after}"
        )
        yield self.finding(message, at=line.remark.at, evidence=(line.after,))
