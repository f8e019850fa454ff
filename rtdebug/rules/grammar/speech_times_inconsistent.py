"""Speech that ends before it starts, goes backwards, or lies beyond the audio.

What it finds
    ``audio_end_ms`` not after ``audio_start_ms``, a start before that of the speech before it, or
    speech more than a second later in the audio than all that was sent.
Why it matters
    Clients cut recordings and highlight captions by these times.
Example
    < input_audio_buffer.speech_started audio_start_ms 4000
    < input_audio_buffer.speech_stopped audio_end_ms 3200
What to do
    Use the times of arrival, not the times in the events.
Source
    OpenAI Realtime reference: both count from the first audio of the session.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty, Severity


class SpeechTimesInconsistent(Rule):
    """Takes what the tracking of the input audio saw."""

    name = "speech-times-inconsistent"
    severity = Severity.WARNING
    certainty = Certainty.HIGH
    title = "The times of speech contradict each other or the audio sent"
    causes = (
        Cause("the server counts from the last commit, or in samples, not from the start of the "
              "session", "likely",
              "divide the value by the rate: does it become the time of the speech?"),
        Cause("the audio is in another format than was declared, so that both sides count "
              "differently", "possible",
              "compare sent bytes, rate and seconds of sound"),
        Cause("events came out of order", "possible",
              "compare with a recording at the socket"),
    )  # fmt: skip
    fix = (
        "Do not cut audio by these times with this server; compare the declared format with the "
        "bytes you send."
    )
    breaches = ("speech-times-inconsistent",)
