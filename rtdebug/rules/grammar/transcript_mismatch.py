"""The whole transcript and the joined deltas differ.

What it finds
    ``response.output_audio_transcript.done``, the part, the item or ``response.done`` holds
    another transcript than the deltas of it joined.
Why it matters
    Captions and history say something else than the conversation on the server.
Example
    < response.output_audio_transcript.delta "Good "
    < response.output_audio_transcript.done "Good morning"
What to do
    Take the whole transcript as the truth once it has come.
Source
    OpenAI Realtime reference; equal to the letter in all captures of completed responses.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty


class TranscriptMismatch(Rule):
    """Takes what the comparison of streams saw."""

    name = "transcript-mismatch"
    certainty = Certainty.CERTAIN
    title = "The transcript is not what its deltas add up to"
    causes = (
        Cause("a delta was lost, doubled or reordered between server and log", "likely",
              "the message says where they part; count the deltas at the socket"),
        Cause("the answer was interrupted: the server may cut the transcript to what "
              "was heard", "possible",
              "look at the status of the response; cancelled is the sign"),
        Cause("the server trims or rewrites the transcript at its end", "possible",
              "run the same turn against the provider itself"),
    )  # fmt: skip
    fix = (
        "Show the transcript of the .done event as the final one, and find what loses or doubles "
        "a delta."
    )
    breaches = ("transcript-mismatch",)
