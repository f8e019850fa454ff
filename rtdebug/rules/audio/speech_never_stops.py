"""Speech began, and the server never hears its end.

What it finds
    ``speech_started`` without ``speech_stopped``, commit or clear for thirty seconds.
Why it matters
    The turn never ends, so no answer ever begins.
Example
    < input_audio_buffer.speech_started
    > input_audio_buffer.append, half a minute of it
What to do
    Go on sending silence after the words, since turn detection needs to hear the pause; check the
    declared format and the noise floor; commit by hand to go on.
Source
    twilio-samples/speech-assistant-openai-realtime-api-python#6; googleapis/python-genai#1328.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.audio_in import Segment
from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding
from rtdebug.model.records import Clock, Ended, Event
from rtdebug.rules.visibility import hides

_WITHIN = 30.0
_SHORT = 2.0  # even someone who gave up early lets people finish a word
_NO_PAUSE = Cause(
    "the client stopped sending, so the pause after the words was never heard", "likely",
    "send a second of silence: speech_stopped should follow",
)  # fmt: skip
_NOISE = Cause(
    "noise, music or echo keeps the level up", "likely",
    "mute the microphone for two seconds: speech_stopped should follow",
)  # fmt: skip
_FORMAT = Cause(
    "the bytes are not in the declared format, so that silence is noise", "possible",
    "write the decoded appends to a file and listen to the pauses",
)  # fmt: skip


class SpeechNeverStops(Rule):
    """Waits for the end of speech."""

    name = "speech-never-stops"
    certainty = Certainty.MEDIUM
    title = "Speech began, but the server never heard its end"
    causes = (
        _NOISE, _NO_PAUSE, _FORMAT,
        Cause("silence_duration_ms is very long, or eagerness is low", "possible",
              "look at turn_detection in session.updated"),
    )  # fmt: skip
    fix = (
        "Keep sending audio, silence included, until speech_stopped comes; declare the format that "
        "is sent. To go on at once, send input_audio_buffer.commit."
    )
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
        timed = self.state.view.clock is not Clock.NONE and at > segment.at
        message += f" and had not stopped {at - segment.at:.1f} s later" if timed else (
            " and never stopped up to the end of the log"
        )  # fmt: skip
        causes: tuple[Cause, ...] = self.causes
        if audio.last_seq > segment.started_seq:
            going_on = at - audio.last_at < 2
            message += (
                f", while audio was sent up to event {audio.last_seq}"
                if going_on
                else f"; the last audio was sent {at - audio.last_at:.1f} s before"
            )
            causes = (_NOISE, _FORMAT, *causes[3:]) if going_on else (_NO_PAUSE, *causes[2:])
        yield self.finding(
            message, at=at, evidence=(segment.started_seq, audio.last_seq or None),
            subject=segment.item_id, causes=causes,
        )  # fmt: skip
