"""A message passed that was not judged.

What it finds
    A message larger than rtdebug holds (64 MiB), or one in an extension that it cannot read.
Why it matters
    It went to the other side as it was, but nobody looked at it: nothing is called missing that it
    may have held.
Example
    < a text message of 70 MiB
What to do
    Send audio and images in smaller pieces: libraries refuse messages of a few MiB by default.
Source
    Own bound; websockets and ws refuse more than 1 MiB and 100 MiB unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Paused, Unjudged, Violation


class MessageTooLargeToJudge(Rule):
    """Tells it once for each side."""

    name = "message-too-large-to-judge"
    severity = Severity.WARNING
    certainty = Certainty.CERTAIN
    title = "A message passed that was not judged"
    causes = (
        Cause("the sender puts a whole file or recording into one message", "likely",
              "look at what is sent at that moment"),
        Cause("an extension was agreed that rtdebug cannot read", "possible",
              "leave Sec-WebSocket-Extensions out of the request"),
    )  # fmt: skip
    fix = "Send it in pieces; the rest of the session is judged without it."

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told: set[str] = set()

    def disturbed(self, record: Violation | Unjudged | Paused) -> Iterable[Finding]:
        """One that passed."""
        return self._passed(record) if isinstance(record, Unjudged) else NOTHING

    def _passed(self, message: Unjudged) -> Iterable[Finding]:
        if message.sender in self._told:
            return NOTHING
        self._told.add(message.sender)
        size = f" of {message.size:,} bytes" if message.size else ""
        said = f"what the {message.sender} sent{size} was passed on and not judged: {message.why}"
        if not message.readable:
            said += "; nothing it sent after that could be read"
        last = self.state.last
        evidence = (last.seq if last is not None else None,)
        return (self.finding(said, at=message.at, evidence=evidence, subject=message.sender),)
