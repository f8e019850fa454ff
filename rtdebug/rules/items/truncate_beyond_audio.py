"""A truncation beyond the audio that was received."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import number_of, text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.rules.held import HeldRule
from rtdebug.rules.response.received_audio import ReceivedAudio

_SLACK_MS = 150  # servers and clients round differently


class TruncateBeyondAudio(HeldRule):
    """Holds each truncation against what came of its item."""

    fault = "truncate-beyond-audio"
    roles = ("item.truncate",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The client says how much was heard."""
        item_id = text_of(event.payload.get("item_id"))
        end = number_of(event.payload.get("audio_end_ms"))
        if item_id is None or end is None:
            return NOTHING
        audio = ReceivedAudio.of_item(self.state, item_id)
        if audio is None or not audio.credible or end <= audio.ms + _SLACK_MS:
            return NOTHING
        message = (
            f"event {event.seq} ({event.type}) says that {end:g} ms of {item_id} were heard, but "
            f"only {audio.ms:.0f} ms of it had come"
        )
        self.hold(message, event, audio.last_seq, subject=item_id)
        return NOTHING
