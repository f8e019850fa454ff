"""The text of the user's words is missed, and was never switched on.

What it finds
    Audio turns of the user, a session whose transcription is null, and words beside the events that
    ask where the transcript is.
Why it matters
    Transcription is off by default: no event will ever bring the text.
Example
    "Where do I get the transcript of what the user says?"
    < session.updated input transcription null
    < input_audio_buffer.committed
What to do
    Set a transcription model in the session, after ``session.created`` and before audio.
Source
    sashirestela/simple-openai#258; community.openai.com/t/1076308.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Finding, Severity
from rtdebug.model.records import Remark

_ASKS = (
    r"(?i)transcri\w*.{0,80}\b(?:null|empty|missing|none|never|no|not|n[o']t|where|how|without)\b"
    r"|\b(?:null|empty|missing|no|never|not|n[o']t|where|how|without|get|want|need|see)\b.{0,80}"
    r"transcri"
    r"|\b(?:text|words) (?:of|from) (?:what )?(?:the )?user\b"
    r"|\bwhat (?:i|the user) (?:say|said|says)\b.{0,40}\btext\b"
)


class TranscriptionNotEnabled(Rule):
    """Reads whether someone misses the text that nobody asked for."""

    name = "transcription-not-enabled"
    severity = Severity.INFO
    title = "Transcription of the user's audio is off"
    causes = (
        Cause("it is off by default and was never set", "likely",
              "look at the input transcription in session.updated: it is null"),
        Cause("the update that sets it was refused as a whole", "possible",
              "look for an error after session.update"),
    )  # fmt: skip
    fix = (
        "Send session.update with a transcription model (audio.input.transcription, or "
        "input_audio_transcription in the beta shape) before the first audio."
    )
    begins = ("remarked",)

    _asked: Remark | None = None

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log that is no event."""
        if self._asked is None and re.search(_ASKS, remark.text[:1000]):
            self._asked = remark
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """All of the log is read."""
        state = self.state
        if self._asked is None or state.settings.transcribes is not False:
            return
        item = next(
            (one for one in state.conversation.items.values() if one.role == "user" and one.audio),
            None,
        )
        if item is None or item.transcript_seq is not None:
            return
        message = (
            f"line {self._asked.line} misses the text of what the user says; the session's "
            f"transcription is null, so {item.id} and all others get none"
        )
        evidence = (state.settings.updated_seq or state.settings.created_seq, item.added_seq)
        yield self.finding(message, at=self._asked.at, evidence=evidence, subject=item.id)
