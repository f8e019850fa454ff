"""A transcript came without its audio.

What it finds
    A completed response with transcript events and not one audio delta, on a plain WebSocket.
Why it matters
    The words are there, and nothing can be played.
Example
    < response.output_audio_transcript.delta "Hello"
    < response.done
What to do
    See whether the log or a gateway drops audio. On the control channel of a WebRTC or SIP call
    this is normal: the audio goes over the call.
Source
    OpenAI Realtime reference; recordings of sideband sockets.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event, Sender
from rtdebug.rules.response.received_audio import has_stream
from rtdebug.rules.visibility import hides, is_sideband, sees


class TranscriptWithoutAudio(Rule):
    """Looks at every response with a transcript."""

    name = "transcript-without-audio"
    severity = Severity.WARNING
    certainty = Certainty.MEDIUM
    title = "A transcript came, but no audio"
    causes = (
        Cause("the log leaves audio deltas out", "likely",
              "record at the socket; are they there?"),
        Cause("it is the control channel of a WebRTC or SIP call", "possible",
              "look for call_id in the URL: then the audio goes over the call"),
        Cause("a compatible server or gateway sends the words only", "possible",
              "run the same turn against the provider itself"),
    )  # fmt: skip
    fix = "Record every raw message at the socket of this session, and look for the audio deltas."
    roles = ("response.done",)
    begins = ("transcript.delta", "transcript.done")

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done."""
        response = self.state.finished
        if response is None or response.status != "completed" or not response.seen_created:
            return
        if not has_stream(response, "transcript") or not response.deltas("transcript"):
            return
        if response.deltas("audio") or not self._shows_audio():
            return
        message = f"{response.id} has a transcript of {response.length('transcript')} characters"
        message += ", but not one audio delta came"
        yield self.finding(
            message, at=event.at, evidence=(response.seq, event.seq), subject=response.id
        )

    def _shows_audio(self) -> bool:
        """Whether audio would be in the record."""
        state = self.state
        if not state.verbatim or is_sideband(state) or hides(state, "audio.delta"):
            return False
        # Speech that was heard although nobody appended any: the log leaves audio out.
        heard = state.audio.speech_starts or state.audio.commits
        return not (heard and not state.audio.appends and sees(state, Sender.CLIENT))
