"""A Gemini Live turn with nothing in it.

What it finds
    ``turnComplete`` without a part of the model, a transcript or a tool call since the turn began.
Why it matters
    The user hears nothing, and nothing says why.
Example
    > clientContent
    < serverContent {"turnComplete": true}
What to do
    Ask again; if it stays empty, try another model.
Source
    googleapis/python-genai#2117; google-gemini/gemini-live-api-examples#37
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Cause, Finding
from rtdebug.model.records import Event
from rtdebug.rules.gemini.turns import TurnRule


class GeminiEmptyTurn(TurnRule):
    """Looks for turns that held nothing."""

    name = "gemini-empty-turn"
    title = "Gemini completed a turn with nothing in it"
    causes = (
        Cause("the server ended the turn too early", "likely", "send the same turn again"),
        Cause("the turn asked for nothing (empty parts, silence)", "possible",
              "look at the parts of the last clientContent"),
    )  # fmt: skip
    fix = "Ask again; if it stays empty, try another model or a new session."

    def completed(self, event: Event, body: dict[str, object]) -> Iterable[Finding]:
        """The turn is complete."""
        interrupted = body.get("interrupted")
        rejected = body.get("turnCompleteReason") or body.get("turn_complete_reason")
        if self.parts or self.words or self.called or interrupted or rejected:
            return
        if not self.state.view.from_start and self.state.first_seqs.get(event.type) == event.seq:
            return  # the log may have begun inside the turn
        yield self.finding(
            f"event {event.seq} completes a turn in which nothing came",
            at=event.at,
            evidence=(event.seq,),
        )
