"""Turn detection is on, audio is sent, and the server hears no speech."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Finding, Severity
from rtdebug.model.records import Clock, Closed, Ended, Event
from rtdebug.rules.audio.audio_faults import fault_of_bytes, level_of
from rtdebug.rules.audio.turn_taking import detects_turns
from rtdebug.rules.visibility import hides

_LEAST = 3.0
_SPOKEN = 1.0  # seconds of loud audio that must be heard, when nothing follows for long enough
_CHUNK = 0.5  # the latest append came that much before the moment of looking
_MANY = 100  # appends that are seconds of audio whatever their size


class VadNeverTriggered(Rule):
    """Waits for the first speech after audio has begun."""

    name = "vad-never-triggered"
    roles = ("response.done",)
    begins = ("audio.append",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told = False
        self._quiet_since = 0.0
        self.state.audio.began.append(self._began)

    def _began(self, at: float) -> None:
        if not self._told:
            self.wake_at(at + self.patience)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done; while the model speaks the user listens."""
        self._quiet_since = event.at
        return NOTHING

    def advance(self, at: float) -> Iterable[Finding]:
        """Audio has come for a while; a user may simply be silent, unless it is loud."""
        audio = self.state.audio
        if self._told or audio.speech_starts:
            return
        loud = audio.probe.loud >= 3 and audio.probe.loud >= 0.3 * audio.probe.looked
        if self.state.verbatim and loud:
            yield from self._look(at, self.patience - _CHUNK)
        if not self._told and at - audio.last_at < self.patience:
            self.wake_at(at + self.patience)

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever watched stops."""
        yield from self._look(ended.at, _LEAST)

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        yield from self._look(closed.at, _LEAST)

    def _look(self, at: float, least: float) -> Iterable[Finding]:
        state, audio = self.state, self.state.audio
        if self._told or audio.speech_starts or not audio.appends or not self._should_detect():
            return
        if hides(state, "speech.started") or self._answered() or self._is_typed():
            return
        spoken = self._spoken()
        if spoken >= _SPOKEN and at - audio.last_at >= self.patience - 1e-9:
            self._told = True
            yield self._found(at, spoken, then=at - audio.last_at)
            return
        seconds = self._seconds()
        if state.responses.count or audio.probe.silent:
            # The user may have listened to the model, or not have spoken yet.
            least = max(least, self.patience)
        if seconds is None or seconds < least:
            return
        self._told = True
        yield self._found(at, seconds)

    def _should_detect(self) -> bool:
        """Whether detection is on, or was asked for and is confirmed neither way."""
        settings = self.state.settings
        asked = isinstance(settings.asks_for("turn_detection"), dict)
        return bool(detects_turns(self.state)) or (asked and not settings.vad)

    def _spoken(self) -> float:
        """Seconds of audio that is no silence, as far as a sample of it tells; 0 where the record
        does not have the audio itself."""
        audio, rate = self.state.audio, self.state.settings.audio_rate("input_format")
        if not self.state.verbatim or not audio.probe.looked or not audio.credible(rate):
            return 0.0
        return audio.bytes / rate / 1000 * audio.probe.loud / audio.probe.looked

    def _standing(self) -> str:
        return "is on" if detects_turns(self.state) else "was asked for (it was not confirmed)"

    def _answered(self) -> bool:
        """A turn was taken after all: the log leaves out how it began."""
        return bool(self.state.audio.commits or self.state.responses.unsolicited)

    def _is_typed(self) -> bool:
        """Whether the user writes, beside a microphone that may have nothing to say."""
        items = self.state.conversation.items.values()
        typed = any(item.by_client and item.role == "user" and not item.audio for item in items)
        return bool(typed and self.state.responses.count and not self.state.audio.probe.loud)

    def _seconds(self) -> float | None:
        """How long audio came without an answer being spoken; None when that cannot be known."""
        audio, state = self.state.audio, self.state
        if audio.first_at is None:
            return None
        if state.view.clock is not Clock.NONE:
            return audio.last_at - max(audio.first_at, self._quiet_since)
        rate = state.settings.audio_rate("input_format")
        if audio.credible(rate):
            return audio.bytes / rate / 1000
        return _LEAST if audio.appends >= _MANY else None

    def _found(self, at: float, seconds: float, then: float = 0.0) -> Finding:
        audio, timed = self.state.audio, self.state.view.clock is not Clock.NONE
        message = f"{audio.appends} appends of audio"
        message += f" over {seconds:.1f} s" if timed and not then else ""
        message += f", {seconds:.1f} s of it loud," if then else ""
        message += (
            f" (events {audio.first_seq} to {audio.last_seq}) brought no "
            f"{self.state.pack.type('speech.started')}, although turn detection {self._standing()}"
        )
        message += f"; nothing came in the {then:.1f} s after it" if then else ""
        level, fault = level_of(self.state), fault_of_bytes(self.state)
        if level:
            message += f"; {level}"
        entry = self.entry
        causes = entry.causes
        if audio.probe.silent:
            causes = entry.causes_named("silent", "wrong-bytes", "threshold")
        elif fault is None and audio.probe.kind() is not None:
            # The bytes are sound, and fit.
            causes = entry.causes_named("threshold", "no-end", "wrong-bytes")
        if fault is not None:
            (wrong,) = entry.causes_named("wrong-bytes")
            causes = (Cause(fault.what, "likely", wrong.test), *causes)
        # A user who has nothing to say sends silence too.
        severity = Severity.WARNING if audio.probe.silent else None
        evidence = (audio.first_seq, audio.last_seq)
        return self.finding(message, at=at, evidence=evidence, causes=causes, severity=severity)
