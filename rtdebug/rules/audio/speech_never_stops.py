"""Speech began, and the server never hears its end."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Clock, Ended, Event
from rtdebug.protocols.openai_realtime.audio_in import Segment
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.lasting import lasted
from rtdebug.rules.visibility import hides

_WITHIN = 30.0
_SHORT = 2.0  # even someone who gave up early lets people finish a word


class SpeechNeverStops(Rule):
    """Waits for the end of speech."""

    name = "speech-never-stops"
    roles = ("speech.started",)
    patient = True

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told: set[str] = set()

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Speech began."""
        self.wake_at(event.at + _WITHIN)
        return NOTHING

    def advance(self, at: float) -> Iterable[Finding]:
        """Half a minute has passed since some speech began."""
        segment = self.state.audio.segment
        if segment is None or not segment.open:
            return
        if at - segment.at >= _WITHIN - 1e-9:
            if self.state.verbatim:
                yield from self._found(segment, at)
        else:
            self.wake_at(segment.at + _WITHIN)

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever watched stops."""
        segment, last = self.state.audio.segment, self.state.last_server
        if segment is None or not segment.open:
            return
        silent = last is None or last.seq <= segment.started_seq or self.state.verbatim
        least = max(min(patience, _WITHIN), _SHORT) if patience > 0 else 0.0
        if silent and ended.at - segment.at >= least - 1e-9:
            yield from self._found(segment, ended.at)

    def _found(self, segment: Segment, at: float) -> Iterable[Finding]:
        if segment.item_id in self._told or hides(self.state, "speech.stopped"):
            return
        self._told.add(segment.item_id)
        audio = self.state.audio
        message = f"speech of {segment.item_id} began with event {segment.started_seq}"
        clock = self.state.view.clock
        if clock is not Clock.NONE and at > segment.at:
            message += f" and had not stopped {lasted(at - segment.at, clock, 1)} later"
        else:
            message += " and never stopped up to the end of the log"
        causes = self.entry.causes
        if audio.last_seq > segment.started_seq:
            going_on = at - audio.last_at < 2
            message += (
                f", while audio was sent up to event {audio.last_seq}"
                if going_on
                else f"; the last audio was sent {lasted(at - audio.last_at, clock, 1)} before"
            )
            likeliest = "noise" if going_on else "no-pause"
            causes = self.entry.causes_named(likeliest, "format", "long-pause")
        yield self.finding(
            message, at=at, evidence=(segment.started_seq, audio.last_seq or None),
            subject=segment.item_id, causes=causes,
        )  # fmt: skip
