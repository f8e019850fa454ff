"""The record does not hold everything that was said.

What it finds
    Events of which the log shows only the type or a part ([Object], an ellipsis), and kinds of
    events that it leaves out.
Why it matters
    What is not shown cannot be judged: nothing is called missing there.
Example
    content: [ [Object] ]
What to do
    Log full JSON, one event a line, with time and direction.
Source
    Most pasted logs, for example twilio-samples/speech-assistant-openai-realtime-api-node#37.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NeutralRule
from rtdebug.model.findings import Cause, Finding, Severity

_LEAST = 3  # a quoted error or two is no log


class CaptureLossy(NeutralRule):
    """Looks at what the reader knows of the record."""

    name = "capture-lossy"
    severity = Severity.INFO
    title = "The record does not hold everything"
    causes = (
        Cause("the console or logger shortens nested objects", "likely",
              "log JSON.stringify(event) or json.dumps(event) instead"),
        Cause("kinds of events were filtered out before logging", "possible",
              "look at the conditions around the log call"),
    )  # fmt: skip
    fix = "Log every event as one line of full JSON with time and direction, or use rtdebug tail."

    def finished(self) -> Iterable[Finding]:
        """All of the record is read."""
        state = self.state
        if state.last is None or state.last.seq < _LEAST:
            return
        words = []
        if not state.view.whole:
            words.append("shows some events only in part or by their type")
        if state.view.hidden:
            words.append(f"leaves out {', '.join(sorted(state.view.hidden))}")
        if words:
            message = f"the record {' and '.join(words)}; what it does not show is not judged"
            yield self.finding(message, at=state.last.at)
