"""Speech that ended and never became an item.

What it finds
    ``input_audio_buffer.speech_stopped`` (or a timeout of silence) with turn detection on, and no
    commit, clear or further speech of that item for ten seconds.
Why it matters
    The user has spoken and the model never hears of it: no answer will come.
Example
    < input_audio_buffer.speech_stopped item_1
    ~ 10 s
What to do
    Commit by hand, and look what keeps the server from it.
Source
    OpenAI Realtime reference: with turn detection the server commits at the end of speech.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event
from rtdebug.rules.waiting import Wait, WaitingRule


class SpeechNotCommitted(WaitingRule):
    """Waits for a commit after each end of speech."""

    name = "speech-not-committed"
    severity = Severity.WARNING
    certainty = Certainty.MEDIUM
    title = "Speech ended, but its audio was never committed"
    causes = (
        Cause("a compatible server expects the client to commit", "likely",
              "send input_audio_buffer.commit: does the answer come now?"),
        Cause("the server is stuck between hearing and committing", "possible",
              "try the same audio in a fresh session"),
        Cause("the commit was lost or filtered on the way", "possible",
              "look for the user item: is it in the conversation all the same?"),
    )  # fmt: skip
    fix = "Send input_audio_buffer.commit when speech has stopped and no commit comes."
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

    def holds(self, wait: Wait) -> bool:
        """Without turn detection nobody commits but the client."""
        return self.state.settings.vad is not False

    def overdue(self, wait: Wait, at: float) -> Iterable[Finding]:
        """The wait was in vain."""
        message = (
            f"speech of {wait.key} ended with event {wait.evidence[-1]}, and no commit came "
            f"{self.waited(wait, at)}"
        )
        yield self.finding(message, at=at, evidence=wait.evidence, subject=wait.key)
