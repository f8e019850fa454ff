"""The record begins or ends in the middle of something.

What it finds
    A record whose first events belong to a response that began before it, or that ends inside of a
    response although nothing shows that the connection was silent or closed then.
Why it matters
    What lies outside cannot be judged: that an event is missing there proves nothing.
Example
    < response.output_text.delta
    (the log ends here)
What to do
    Record the whole session, from the open to the close.
Source
    Most pasted logs, for example openai/openai-realtime-console#561.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Finding, Severity
from rtdebug.rules.visibility import is_live


class CaptureTruncated(Rule):
    """Looks at both ends of the record."""

    name = "capture-truncated"
    severity = Severity.INFO
    title = "The record does not show the whole of a response"
    causes = (
        Cause("it was copied or cut by hand", "likely", "look for more of it where it came from"),
        Cause("the program that recorded it was stopped", "possible",
              "record again, and end the session before the recording"),
    )  # fmt: skip
    fix = (
        "Record with rtdebug tail --capture from before the connection opens until after it "
        "closes. What lies outside of this record is not judged."
    )

    def finished(self) -> Iterable[Finding]:
        """All of the record is read."""
        state = self.state
        if is_live(state) or state.last is None:
            return
        late = [one for one in (*state.responses.done, *state.responses.open.values())
                if not one.seen_created]  # fmt: skip
        open_ = [one for one in state.responses.open.values() if one.seen_created]
        ends = state.view.to_end or state.closed is not None or state.ended is not None
        words = []
        if late and not state.view.from_start:
            words.append(f"begins inside of {late[0].id}")
        if open_ and not ends:
            words.append(f"ends inside of {open_[-1].id}")
        if words:
            evidence = (late[0].seq if late else None, open_[-1].last_seq if open_ else None)
            message = f"the record {' and '.join(words)}; what lies outside is not judged"
            yield self.finding(message, at=state.last.at, evidence=evidence)
