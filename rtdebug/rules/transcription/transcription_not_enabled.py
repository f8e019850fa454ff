"""The text of the user's words is missed, and was never switched on."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Remark
from rtdebug.protocols.openai_realtime.rule import Rule

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
