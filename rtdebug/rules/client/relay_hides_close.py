"""A gateway lost its upstream and does not say so.

What it finds
    Words of a relay or gateway that its upstream closed or failed, while the connection to the
    client stays open and silent in the record. From the client's side alone this cannot be told
    from a stalled server.
Why it matters
    The client waits for events that nobody will send, and no reconnect is tried.
Example
    [gateway] upstream websocket closed: 1011
    < (nothing more; the client's socket is open)
What to do
    Let the gateway pass closes and errors on; test without it.
Source
    BerriAI/litellm#39851; maximhq/bifrost#7189.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding
from rtdebug.model.records import Remark
from rtdebug.rules.client.said_lines import SaidLines

_UPSTREAM = (
    r"(?i)\b(?:upstream|backend|provider|openai|azure|remote)\b.{0,60}"
    r"\b(?:clos(?:ed|ing)|disconnect(?:ed)?|dropp?ed|lost|terminated|gone|error)\b"
)
_GATEWAY = r"(?i)\b(?:proxy|gateway|relay|upstream|litellm|bifrost|bridge|router)\b"


class RelayHidesClose(Rule):
    """Reads the gateway's words, and looks whether the client heard of it."""

    name = "relay-hides-close"
    certainty = Certainty.LOW
    title = "The upstream of a gateway closed, and the client was not told"
    causes = (
        Cause("the gateway does not pass closes on", "likely",
              "connect to the provider directly: the close arrives"),
        Cause("the record ends before the close came", "possible",
              "watch the client's socket longer"),
    )  # fmt: skip
    fix = (
        "Make the gateway close the client's socket with the same code and reason; meanwhile let "
        "the client give up after 15 s without events."
    )
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
