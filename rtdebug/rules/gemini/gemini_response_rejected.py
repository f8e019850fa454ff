"""Gemini Live completes a turn because it rejected the response.

What it finds
    ``turnComplete`` with ``turnCompleteReason`` RESPONSE_REJECTED.
Why it matters
    The turn ends without a sound and without an error.
Example
    < serverContent {"turnComplete": true, "turnCompleteReason": "RESPONSE_REJECTED"}
What to do
    Ask in other words or of another model; after several in a row begin a new session.
Source
    google-gemini/gemini-live-api-examples#40
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Cause, Certainty, Finding
from rtdebug.model.records import Event
from rtdebug.rules.gemini.turns import TurnRule


class GeminiResponseRejected(TurnRule):
    """Reads why turns ended."""

    name = "gemini-response-rejected"
    certainty = Certainty.CERTAIN
    title = "Gemini rejected the response and ended the turn"
    causes = (
        Cause("the wording or the instructions meet a filter", "likely",
              "send the same turn with plain instructions: does it pass?"),
        Cause("a fault of the model or of this session", "possible",
              "send the same turn in a new session and to another model"),
    )  # fmt: skip
    fix = "Ask in other words or of another model; after several in a row begin a new session."

    def completed(self, event: Event, body: dict[str, object]) -> Iterable[Finding]:
        """The turn is complete."""
        reason = body.get("turnCompleteReason") or body.get("turn_complete_reason")
        if isinstance(reason, str) and reason.endswith("REJECTED"):
            message = f"event {event.seq} completes the turn with {reason} after {self.parts} parts"
            yield self.finding(message, at=event.at, evidence=(event.seq,))
