"""Audio that is too quiet to be heard, or so loud that it is clipped."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Finding
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.audio.audio_faults import fault_of_bytes
from rtdebug.rules.audio.unheard import UnheardRule
from rtdebug.rules.lasting import lasted

_SPEECH = -45.0  # dBFS
_NOISE = -60.0  # below it a microphone hears nothing but itself
_CLIPPED = 0.01  # of the samples
_LEAST_MS = 3000


class AudioTooQuiet(UnheardRule):
    """Something is to be heard, and none of it is as loud as speech."""

    name = "audio-too-quiet"

    def look(self, at: float, patience: float) -> Iterable[Finding]:
        """Told at the end, for a user may speak up at any time."""
        audio, loudest = self.state.audio, self.state.audio.hearing.loudest
        over = self.state.closed is not None or self.state.ended is not None
        if not over or loudest is None or not self.audible() or audio.first_at is None:
            return
        if not _NOISE <= loudest < _SPEECH or self.milliseconds() < _LEAST_MS:
            return
        waited = at - audio.first_at
        if waited < self.patience or self.uses_text() or self.state.responses.count:
            return
        message = (
            f"the loudest of {self.milliseconds() / 1000:.1f} s of audio (events {audio.first_seq} "
            f"to {audio.last_seq}) has {loudest:.0f} dBFS, where speech has -35 to -15; no speech "
            f"was detected in {lasted(waited, self.state.view.clock, 1)}"
        )
        yield self.finding(message, at=at, evidence=(audio.first_seq, audio.last_seq))


class AudioClipped(Rule):
    """Looks at the end how much of the audio lies at full scale."""

    name = "audio-clipped"
    begins = ("audio.append",)

    def finished(self) -> Iterable[Finding]:
        """Nothing more will come."""
        state, audio = self.state, self.state.audio
        share, rate = audio.hearing.clipped, state.settings.audio_rate("input_format")
        if share < _CLIPPED or not audio.credible(rate) or audio.bytes / rate < 1000:
            return
        if audio.probe.kind() != "pcm16" or fault_of_bytes(state) is not None:
            return
        message = (
            f"{share:.0%} of the samples that were looked at lie at full scale (events "
            f"{audio.first_seq} to {audio.last_seq})"
        )
        yield self.finding(message, at=audio.last_at, evidence=(audio.first_seq, audio.last_seq))
