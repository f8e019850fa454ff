"""A JSON object holds a member twice.

What it finds
    A message in which one object has two members of the same name.
Why it matters
    Most parsers keep the last, some the first, some refuse the message: the two ends read different
    events from the same bytes.
Example
    < {"type": "response.done", "event_id": "e9", "type": "rate_limits.updated"}
What to do
    Build the message from one object instead of joining texts, and send each member once.
Source
    RFC 8259 section 4: names within an object should be unique.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty, Severity


class DuplicateMember(Rule):
    """Tells what the decoder saw."""

    name = "duplicate-member"
    severity = Severity.WARNING
    certainty = Certainty.CERTAIN
    title = "A JSON object has a member twice"
    causes = (
        Cause("the JSON is put together from pieces of text", "likely",
              "look for templates or string joins where it is made"),
        Cause("a gateway adds a member that was there already", "possible",
              "connect without it; the member should then come once"),
    )  # fmt: skip
    fix = "Send each member once; here the last one was judged."
    breaches = ("duplicate-member",)
