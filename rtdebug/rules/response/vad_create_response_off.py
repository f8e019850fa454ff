"""Turns are detected, but answering them is left to the client, which does not.

What it finds
    Turn detection with ``create_response`` false, a committed turn, and no ``response.create`` for
    ten seconds.
Why it matters
    Every turn is taken and none is answered.
Example
    < session.updated turn_detection {"type": "server_vad", "create_response": false}
    < input_audio_buffer.committed
    ~ 10 s
What to do
    Send ``response.create`` after ``input_audio_buffer.committed``, or let ``create_response`` be
    true.
Source
    livekit/agents#6635; MicrosoftDocs/azure-ai-docs#745.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Cause, Finding
from rtdebug.model.records import Event
from rtdebug.rules.waiting import Wait, WaitingRule


class VadCreateResponseOff(WaitingRule):
    """Waits for a response after each turn the server took."""

    name = "vad-create-response-off"
    title = "Turns are taken, but nobody asks for an answer"
    causes = (
        Cause("create_response is false, and the client was not written for that", "likely",
              "set it true: the next turn is answered by itself"),
        Cause("the client waits for a transcript or a decision before it asks", "possible",
              "look in its log for what it waits for after committed"),
    )  # fmt: skip
    fix = (
        "Send response.create when input_audio_buffer.committed comes, or set create_response to "
        "true in turn_detection."
    )
    awaited = "response.create"
    roles = ("audio.committed", "response.create", "response.created", "speech.started")

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A turn was taken, or something follows it."""
        if role != "audio.committed":
            self.waits.clear()
            return NOTHING
        settings = self.state.settings
        off = settings.vad is True and settings.creates_response is False
        if off and not settings.transcription_only and not self.state.responses.open:
            self.wait(text_of(event.payload.get("item_id")) or f"event {event.seq}", event)
        return NOTHING

    def overdue(self, wait: Wait, at: float) -> Iterable[Finding]:
        """Nobody asked."""
        message = (
            f"the server took {wait.key} for a turn; create_response is false, and the client "
            f"never sent {self.state.pack.type(self.awaited)} {self.waited(wait, at)}"
        )
        evidence = (self.state.settings.updated_seq, *wait.evidence)
        yield self.finding(message, at=at, evidence=evidence, subject=wait.key)
