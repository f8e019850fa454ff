"""A transcript that is final more than once.

What it finds
    A second ``conversation.item.input_audio_transcription.completed`` or ``failed`` for an item
    that had one. Servers that mark the first as in progress are not meant.
Why it matters
    The user's words appear twice in the history, and software that answers each transcript answers
    twice.
Example
    < conversation.item.input_audio_transcription.completed item_1
    < conversation.item.input_audio_transcription.completed item_1
What to do
    Replace the text of the item instead of adding another line.
Source
    OpenAI Realtime reference: one completed or one failed for each item.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty, Severity


class TranscriptionRepeated(Rule):
    """Takes what the tracking of the input audio saw."""

    name = "transcription-repeated"
    severity = Severity.WARNING
    certainty = Certainty.HIGH
    title = "The transcript of one item became final twice"
    causes = (
        Cause("a relay delivers the event twice", "likely",
              "compare the event ids of the two"),
        Cause("a compatible server sends interim texts under the name of the final one", "possible",
              "compare the texts: does the first begin the second?"),
    )  # fmt: skip
    fix = "Key transcripts by item id and replace the text when another one comes."
    breaches = ("transcription-repeated",)
