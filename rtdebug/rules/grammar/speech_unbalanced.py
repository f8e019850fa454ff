"""Speech that starts, stops and is committed under ids that do not fit.

What it finds
    ``input_audio_buffer.speech_stopped`` without a start, a start or stop twice, a commit under
    another id than the speech was announced with, a commit of speech that has not stopped
    although nobody asked for it, one item committed twice.
Why it matters
    Clients show "listening" and attach the transcript by this id: the turn stays open for ever or
    loses its text.
Example
    < input_audio_buffer.speech_started item_1
    < input_audio_buffer.speech_stopped item_1
    < input_audio_buffer.committed item_2
What to do
    Close what is open at each commit, whatever its id.
Source
    OpenAI Realtime reference: the id announced at speech_started is that of the committed item;
    a commit by hand ends a stretch without speech_stopped (captures of 2026).
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty


class SpeechUnbalanced(Rule):
    """Takes what the tracking of the input audio saw."""

    name = "speech-unbalanced"
    certainty = Certainty.CERTAIN
    title = "Speech, its end and its commit do not belong together"
    causes = (
        Cause("a compatible server makes up ids for these events", "likely",
              "compare with a turn against the provider itself"),
        Cause("one of the three events was lost or filtered", "possible",
              "record every message at the socket"),
        Cause("several microphones or connections share one log", "possible",
              "look for two session.created"),
    )  # fmt: skip
    fix = (
        "Treat audio committed as the end of the speech before it. Report the ids that do not fit "
        "to the server's makers."
    )
    breaches = ("speech-unbalanced",)
