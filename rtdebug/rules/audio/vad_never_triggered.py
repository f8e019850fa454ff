"""Turn detection is on, loud audio is sent, and the server hears no speech."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Cause, Certainty, Finding
from rtdebug.model.records import Clock, Closed, Event
from rtdebug.rules.audio.audio_faults import fault_of_bytes
from rtdebug.rules.audio.turn_taking import detects_turns
from rtdebug.rules.audio.unheard import UnheardRule
from rtdebug.rules.lasting import lasted

_LEAST = 3.0  # seconds of audio that nobody can listen to
_MANY = 100  # appends that are seconds of audio whatever their size


class VadNeverTriggered(UnheardRule):
    """Waits for the first speech after a second of loud audio in all."""

    name = "vad-never-triggered"
    roles = ("response.done",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self._quiet_since = 0.0

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done; while the model speaks the user listens."""
        self._quiet_since = event.at
        return NOTHING

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        return self._looked(closed.at, self.patience if self.audible() else _LEAST)

    def look(self, at: float, patience: float) -> Iterable[Finding]:
        """Told when nothing was heard for long enough."""
        if self.audible() and self.state.verbatim:
            yield from self._of_loud(at, patience)
        elif not (self.uses_text() and self.state.responses.count):
            yield from self._of_seconds(at)

    def due(self) -> float:
        """As long as patience after the second of loud audio, or after the last answer."""
        loud_at = self.state.audio.hearing.loud_at
        return 0.0 if loud_at is None else max(loud_at, self._quiet_since) + self.patience

    def _of_loud(self, at: float, patience: float) -> Iterable[Finding]:
        hearing = self.state.audio.hearing
        if hearing.loud_at is None or self.state.responses.open:
            return  # while the model speaks the user listens
        since = max(hearing.loud_at, self._quiet_since)
        if at - since >= patience - 1e-9:
            loud = f"{max(hearing.loud_ms / 1000, 1):.1f} s of it louder than -45 dBFS"
            waited = lasted(at - since, self.state.view.clock, 1)
            yield self._found(at, loud, f"; nothing came in {waited}", sure=True)

    def _of_seconds(self, at: float) -> Iterable[Finding]:
        """Where nobody can listen only time tells, and only at the end."""
        seconds = self._seconds() if self.state.over else None
        # The user may have listened to the model.
        least = max(_LEAST, self.patience) if self.state.responses.count else _LEAST
        if seconds is not None and seconds >= least:
            timed = self.state.view.clock is not Clock.NONE
            yield self._found(at, f"{seconds:.1f} s of it" if timed else "")

    def _seconds(self) -> float | None:
        """How long audio came without an answer being spoken; None when that cannot be known."""
        audio, audible = self.state.audio, self.audible()
        if audio.first_at is None or (audible and audio.hearing.loud_at is None):
            return None
        if self.state.view.clock is not Clock.NONE:
            return audio.last_at - max(audio.first_at, self._quiet_since)
        if audible:
            return self.milliseconds() / 1000
        return _LEAST if audio.appends >= _MANY else None

    def _found(self, at: float, how_much: str, then: str = "", *, sure: bool = False) -> Finding:
        audio, fault = self.state.audio, fault_of_bytes(self.state)
        standing = "is on" if detects_turns(self.state) else "was asked for (it was not confirmed)"
        message = f"{audio.appends} appends of audio{', ' if how_much else ''}{how_much}"
        message += (
            f" (events {audio.first_seq} to {audio.last_seq}), brought no "
            f"{self.state.pack.type('speech.started')}, although turn detection {standing}{then}"
        )
        causes = self.entry.causes
        if fault is None and audio.probe.kind() is not None:
            # The bytes are sound, and fit.
            causes = self.entry.causes_named("no-detection", "threshold", "no-end", "wrong-bytes")
        if fault is not None:
            (wrong,) = self.entry.causes_named("wrong-bytes")
            causes = (Cause(fault.what, "likely", wrong.test), *causes)
        return self.finding(
            message, at=at, evidence=(audio.first_seq, audio.last_seq), causes=causes,
            certainty=None if sure else Certainty.MEDIUM,
        )  # fmt: skip
