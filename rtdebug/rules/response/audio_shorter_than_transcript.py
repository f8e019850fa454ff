"""Less audio came than the transcript or the token count stands for."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import number_of, object_of
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.response.received_audio import ReceivedAudio, has_stream
from rtdebug.rules.visibility import hides, is_sideband

_TOKEN_MS = 50
_FASTEST = 30  # characters a second: twice as fast as people speak
_LEAST_CHARACTERS = 40
_LEAST_MISSING_MS = 1000


class AudioShorterThanTranscript(Rule):
    """Holds the audio of a response against its words and its tokens."""

    name = "audio-shorter-than-transcript"
    roles = ("response.done",)
    begins = ("audio.delta", "audio.done")

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done."""
        response = self.state.finished
        if response is None or response.status != "completed" or not event.whole:
            return
        if not has_stream(response, "audio"):
            return
        audio = ReceivedAudio.of_response(self.state, response)
        if not audio.credible or is_sideband(self.state) or hides(self.state, "audio.delta"):
            return
        why = _by_tokens(response, audio.ms) or _by_words(response, audio.ms)
        if why:
            message = (
                f"{response.id} has {audio.ms:.0f} ms of audio in {audio.deltas} deltas; {why}"
            )
            evidence = (response.seq, audio.last_seq, event.seq)
            yield self.finding(message, at=event.at, evidence=evidence, subject=response.id)


def _by_tokens(response: Response, ms: float) -> str:
    details = object_of((response.usage or {}).get("output_token_details"))
    tokens = number_of(details.get("audio_tokens"))
    if tokens is None or ms >= 0.75 * tokens * _TOKEN_MS:
        return ""
    if tokens * _TOKEN_MS - ms < _LEAST_MISSING_MS:
        return ""
    return f"its {tokens:g} audio tokens stand for {tokens * _TOKEN_MS:.0f} ms"


def _by_words(response: Response, ms: float) -> str:
    characters = response.length("transcript")
    least = characters / _FASTEST * 1000
    if characters < _LEAST_CHARACTERS or least - ms < _LEAST_MISSING_MS / 2:
        return ""
    return f"its transcript of {characters} characters takes at least {least:.0f} ms to say"
