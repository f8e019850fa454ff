"""Audio in a delta that is not whole base64, or half a sample.

What it finds
    A delta of audio that does not decode alone as base64, or 16-bit audio whose bytes add up to an
    odd number.
Why it matters
    The decoder fails, or all that follows is shifted by one byte and turns into noise.
Example
    < response.output_audio.delta "UklGRgA"
What to do
    Join such pieces before you decode them, and report it.
Source
    RFC 4648 section 4; OpenAI cuts its audio so that each delta decodes alone (captures of 2026).
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty


class AudioDeltaMalformed(Rule):
    """Takes what the tracking of streams saw."""

    name = "audio-delta-malformed"
    certainty = Certainty.CERTAIN
    title = "A piece of audio cannot be decoded by itself"
    causes = (
        Cause("a relay or server cuts one base64 text into pieces at any place", "likely",
              "join two deltas that follow each other: do they decode together?"),
        Cause("the padding was taken off, or the URL-safe alphabet is used", "possible",
              "look for - and _ in the text, and for = at its end"),
        Cause("bytes were lost between two samples", "possible",
              "count the bytes of each delta: is one of them odd?"),
    )  # fmt: skip
    fix = (
        "Send each delta as base64 of whole samples. Until then, join the text of all deltas "
        "before decoding."
    )
    breaches = ("audio-delta-malformed",)
