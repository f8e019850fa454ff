"""response.create without an answer.

What it finds
    A ``response.create`` that is followed by neither ``response.created`` nor an ``error`` for
    five seconds.
Why it matters
    Nothing will be said, and nothing says so.
Example
    > response.create
    ~ 5 s
What to do
    Put an ``event_id`` on it and look for an ``error`` that names it: that would be the answer.
Source
    livekit/agents#6817, livekit/agents#2125.
"""

from __future__ import annotations

from rtdebug.engine.requests import Request
from rtdebug.model.findings import Cause
from rtdebug.rules.timed_out import TimedOutRule
from rtdebug.rules.unanswered import UnansweredRule


class ResponseCreateUnanswered(UnansweredRule):
    """Waits for response.created."""

    name = "response-create-unanswered"
    ask = "response.create"
    by = ("response.created",)
    after = "no answer is on its way"
    title = "A response.create was never answered"
    causes = (
        Cause("it was lost on the way (never sent, or dropped by a relay)", "likely",
              "record at the socket; connect without the relay"),
        Cause("its answer was an error with another id or none", "possible",
              "look at every error event near it; put an event_id on the create"),
        Cause("the server is stuck", "possible",
              "open a fresh session and send the same item and response.create"),
    )  # fmt: skip
    fix = (
        "Give response.create an event_id, send it again in a fresh session, and log every message "
        "that comes after it."
    )

    def _told_before(self, request: Request) -> bool:
        """A response whose beginning the record does not show may be the one asked for."""
        return self.state.requests.counts[self.ask] == 1 and any(
            not response.seen_created for response in self.state.responses.done
        )


class ResponseTimedOut(TimedOutRule):
    """Reads an SDK that waited for a response to begin (LiveKit's agents: 5 s)."""

    name = ResponseCreateUnanswered.name
    title = ResponseCreateUnanswered.title
    causes = ResponseCreateUnanswered.causes
    fix = ResponseCreateUnanswered.fix
    certainty = ResponseCreateUnanswered.certainty
    words = r"\bgenerate_reply timed out\b"
