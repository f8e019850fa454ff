"""The final transcript of the user and its joined deltas differ.

What it finds
    ``conversation.item.input_audio_transcription.completed`` with another text than its deltas
    joined; blanks at the ends are free.
Why it matters
    Live captions show something else than the history keeps.
Example
    < conversation.item.input_audio_transcription.delta "Hello"
    < conversation.item.input_audio_transcription.completed "Yellow"
What to do
    Replace the caption by the final text when it comes.
Source
    OpenAI Realtime reference; captures of streaming transcription models of 2026.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty, Severity


class TranscriptionMismatch(Rule):
    """Takes what the tracking of the input audio saw."""

    name = "transcription-mismatch"
    severity = Severity.WARNING
    certainty = Certainty.HIGH
    title = "A transcript of the user is not what its deltas add up to"
    causes = (
        Cause("the server sends each delta as the whole text so far", "likely",
              "see whether each delta begins with the one before"),
        Cause("a delta was lost or doubled", "possible",
              "count the deltas at the socket"),
        Cause("the model corrects itself at the end", "possible",
              "compare several turns: do the texts differ in single words?"),
    )  # fmt: skip
    fix = "Show the deltas as provisional and the completed transcript as the final text."
    breaches = ("transcription-mismatch",)
