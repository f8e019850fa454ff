"""Plays the steps that say something: an event, a sound piece by piece, now or after an event."""

from __future__ import annotations

import base64
from collections.abc import Callable

from rtdebug.model import commands
from rtdebug.scenario.audio import Audio
from rtdebug.scenario.document import After, CloseStep, Head, SendAudio, SendPace, SendStep
from rtdebug.scenario.durations import format_duration
from rtdebug.scenario.seeking import Seeker
from rtdebug.scenario.stage import Act, Stage, StepEnd, StepFault
from rtdebug.scenario.telling import closed_words


class SendAct:
    """Says one event at once, checked unless it is raw."""

    deadline: float | None = None

    def __init__(self, step: SendStep, stage: Stage) -> None:
        self._step = step
        self._stage = stage

    def poll(self, at: float) -> StepEnd | None:
        """Say it."""
        event = self._stage.resolve(self._step.event, self._step.head.bindings)
        if not self._step.raw:
            self._stage.check(event)
        self._stage.send(event, self._step.head)
        return StepEnd(True)


class CloseAct:
    """Ends the connection at once."""

    deadline: float | None = None

    def __init__(self, step: CloseStep, stage: Stage) -> None:
        self._step = step
        self._stage = stage

    def poll(self, at: float) -> StepEnd | None:
        """Close it."""
        step = self._step
        self._stage.close(commands.Close(step.code, step.reason, step.abort))
        return StepEnd(True)


class SendAudioAct:
    """Says a sound as append events, then silence, then a commit, as the step wants it.

    In real time each piece is said when a microphone would have begun to record it, so the first
    goes out at once; how late each was said is part of the result, for the reader to tell the
    server's slowness from our own.
    """

    def __init__(self, step: SendAudio, stage: Stage, at: float) -> None:
        self._step = step
        self._stage = stage
        self._began = at
        self._pieces = pieces(step.audio, step.silence, step.chunk)
        self._said = 0
        self._late: list[float] = []
        told = stage.input_format
        if told is not None and told != step.audio.format:
            raise StepFault(
                f"Not sent: the session takes {told}, {step.audio.name} was read as"
                f" {step.audio.format}. Send the session.update before this step, as a step of"
                " this scenario, so that the file can be checked against it"
            )

    @property
    def deadline(self) -> float | None:
        """When the next piece is due."""
        return self._due(self._said)

    def poll(self, at: float) -> StepEnd | None:
        """Say what is due."""
        self._stage.demand_open()
        while self._said < len(self._pieces) and at >= self._due(self._said):
            self._say_piece()
            self._late.append(max(0.0, at - self._due(self._said)))
            self._said += 1
        if self._said < len(self._pieces) or at < self._due(self._said):
            return None
        if self._step.commit:
            self._stage.send({"type": self._stage.words.roles["audio.commit"]}, self._step.head)
        return StepEnd(True, self._told())

    def _due(self, piece: int) -> float:
        if self._step.pace is SendPace.FAST:
            return self._began
        # The end of the last piece is the end of the sound, which may fill it only in part.
        spoken = min(piece * self._step.chunk, self._step.audio.seconds + self._step.silence)
        return self._began + spoken

    def _say_piece(self) -> None:
        data = base64.b64encode(self._pieces[self._said]).decode()
        append = {"type": self._stage.words.roles["audio.append"], "audio": data}
        self._stage.send(append, self._step.head)

    def _told(self) -> str:
        length = format_duration(self._step.audio.seconds + self._step.silence)
        count = len(self._pieces)
        told = f"{length} of sound in {count} {'piece' if count == 1 else 'pieces'}"
        if self._step.pace is SendPace.FAST:
            return f"{told}, all at once"
        late = sorted(self._late)
        p50, most = late[len(late) // 2], late[-1]
        return f"{told}; rtdebug was late by {_millis(p50)} (p50), {_millis(most)} at most"


class LaterAct:
    """Does a step after an event has come and some time has passed, without holding others up."""

    def __init__(self, head: Head, when: After, stage: Stage, make: Callable[[float], Act]) -> None:
        self.head = head
        self._when = when
        self._stage = stage
        self._make = make
        self._seeker: Seeker = stage.seeker(when.event, head.bindings)
        self._next = stage.inbox.first
        self._due: float | None = None
        self._came = ""
        self._act: Act | None = None
        self._patience: float | None = None
        self._waited = 0.0

    def lose_patience(self, at: float, within: float) -> None:
        """Nothing else is left to do: ``within`` seconds from now it is in vain."""
        if self._patience is None:
            self._patience, self._waited = at + within, within

    @property
    def deadline(self) -> float | None:
        """When there is something to do."""
        if self._act is not None:
            return self._act.deadline
        return self._due if self._due is not None else self._patience

    def poll(self, at: float) -> StepEnd | None:
        """Look for the event, wait, then do it."""
        if self._due is None:
            self._look()
        if self._due is None:
            return self._in_vain(at)
        if self._act is None:
            self._stage.demand_open()
            if at < self._due:
                return None
            self._act = self._make(at)
        verdict = self._act.poll(at)
        if verdict is None or not verdict.passed:
            return verdict
        told = "; ".join(part for part in (self._came, verdict.detail) if part)
        return StepEnd(True, told, verdict.evidence)

    def _look(self) -> None:
        for number, message in self._stage.inbox.since(self._next):
            self._next = number + 1
            if self._seeker.fits(message):
                self._due = message.at + self._when.delay
                delay = format_duration(self._when.delay)
                self._came = f"{delay} after #{message.seq} {self._when.event.label}"
                return

    def _in_vain(self, at: float) -> StepEnd | None:
        closed = self._stage.closed
        if closed is not None:
            told = f"Not sent: {closed_words(closed)} before {self._seeker.words} came."
            return StepEnd(False, told)
        if self._patience is not None and at >= self._patience:
            told = f"Not sent: {self._seeker.words} never came."
            return StepEnd(False, told, waited=self._waited)
        return None


def pieces(audio: Audio, silence: float, chunk: float) -> list[bytes]:
    """The bytes of each append: whole samples, the last may be shorter."""
    form = audio.format
    data = audio.data + form.silence * round(silence * form.rate)
    step = max(1, round(chunk * form.rate)) * form.width
    return [data[start : start + step] for start in range(0, len(data), step)]


def _millis(seconds: float) -> str:
    return f"{seconds * 1000:.0f}ms" if seconds >= 0.001 else "under 1ms"
