"""A transcript came without its audio."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Sender
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.response.received_audio import has_stream
from rtdebug.rules.visibility import hides, is_sideband, sees


class TranscriptWithoutAudio(Rule):
    """Looks at every response with a transcript."""

    name = "transcript-without-audio"
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
