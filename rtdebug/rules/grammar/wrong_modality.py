"""Audio in a response that was announced as text.

What it finds
    A part or delta of audio in a response whose ``output_modalities`` are ["text"].
Why it matters
    Text clients ignore audio: nothing is shown, while audio is generated and paid for.
Example
    < response.created output_modalities ["text"]
    < response.output_audio.delta
What to do
    Read the transcript as well, and tell the server's makers.
Source
    OpenAI Realtime reference; two compatible servers answer with audio whatever is asked
    (measured 2026).
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty


class WrongModality(Rule):
    """Takes what the tracking of parts and streams saw."""

    name = "wrong-modality"
    certainty = Certainty.CERTAIN
    title = "Audio came although text alone was announced"
    causes = (
        Cause("a compatible server or gateway ignores the modalities", "likely",
              "run the same turn against the provider itself"),
        Cause("another session.update or response.create asked for audio", "possible",
              "look at output_modalities of session.updated and response.created"),
    )  # fmt: skip
    fix = (
        "Accept the transcript of the audio as the text, or use a server that honours "
        "output_modalities."
    )
    breaches = ("wrong-modality",)
