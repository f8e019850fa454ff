"""Speech that ended and never became an item."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.rules.waiting import Awaited, WaitingRule


class SpeechNotCommitted(WaitingRule):
    """Waits for a commit after each end of speech."""

    name = "speech-not-committed"
    roles = ("speech.started", "speech.stopped", "idle.timeout", "audio.committed",
             "audio.cleared")  # fmt: skip
    awaited = "audio.committed"

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """An end of speech arms the wait, all that uses the audio up disarms it."""
        key = text_of(event.payload.get("item_id")) or "speech"
        if role in ("audio.committed", "audio.cleared"):
            self.waits.clear()
        elif role == "speech.started":
            self.over(key)
        else:
            self.wait(key, event)
        return NOTHING

    def holds(self, wait: Awaited) -> bool:
        """Without turn detection nobody commits but the client."""
        return self.state.settings.vad is not False

    def overdue(self, wait: Awaited, at: float) -> Iterable[Finding]:
        """The wait was in vain."""
        message = (
            f"speech of {wait.key} ended with event {wait.evidence[-1]}, and no commit came "
            f"{self.waited(wait, at)}"
        )
        yield self.finding(message, at=at, evidence=wait.evidence, subject=wait.key)
