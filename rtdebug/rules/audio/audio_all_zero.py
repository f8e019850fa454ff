"""All that the client sends is digital silence."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Finding
from rtdebug.rules.audio.unheard import UnheardRule
from rtdebug.rules.lasting import lasted

_LEAST_MS = 3000


class AudioAllZero(UnheardRule):
    """Not one sample was anything but zero, and nothing answered."""

    name = "audio-all-zero"

    def look(self, at: float, patience: float) -> Iterable[Finding]:
        """Told once nothing has answered for long enough."""
        audio = self.state.audio
        if not self.audible() or not audio.hearing.zero or audio.first_at is None:
            return
        length = self.milliseconds()
        if length < _LEAST_MS or at - audio.first_at < patience - 1e-9:
            return
        if self.uses_text() or self.state.responses.count:
            return
        message = (
            f"all {length / 1000:.1f} s of audio (events {audio.first_seq} to {audio.last_seq}) "
            "are digital silence, every sample zero; nothing answered in "
            f"{lasted(at - audio.first_at, self.state.view.clock, 1)}"
        )
        yield self.finding(message, at=at, evidence=(audio.first_seq, audio.last_seq))
