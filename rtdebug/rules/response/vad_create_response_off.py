"""Turns are detected, but answering them is left to the client, which does not."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.rules.waiting import Awaited, WaitingRule


class VadCreateResponseOff(WaitingRule):
    """Waits for a response after each turn the server took."""

    name = "vad-create-response-off"
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

    def overdue(self, wait: Awaited, at: float) -> Iterable[Finding]:
        """Nobody asked."""
        message = (
            f"the server took {wait.key} for a turn; create_response is false, and the client "
            f"never sent {self.state.pack.type(self.awaited)} {self.waited(wait, at)}"
        )
        evidence = (self.state.settings.updated_seq, *wait.evidence)
        yield self.finding(message, at=at, evidence=evidence, subject=wait.key)
