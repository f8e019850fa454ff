"""Plays the steps that wait for time, for the end of the connection, or for nothing to come."""

from __future__ import annotations

from rtdebug.model.records import Closed, Event
from rtdebug.scenario.document import Absent, ExpectClose, Wait
from rtdebug.scenario.durations import format_duration
from rtdebug.scenario.looking import Looking
from rtdebug.scenario.matchers import PatternError, compile_pattern
from rtdebug.scenario.matching import compare
from rtdebug.scenario.stage import Stage, StepEnd, StepFault
from rtdebug.scenario.telling import after, closed_words, error_words


class WaitAct:
    """Lets time pass, while there is a connection to wait on."""

    def __init__(self, step: Wait, stage: Stage, at: float) -> None:
        self._stage = stage
        self._until = at + step.seconds

    @property
    def deadline(self) -> float | None:
        """When the time is over."""
        return self._until

    def poll(self, at: float) -> StepEnd | None:
        """Done when the time is over, or nothing more can come."""
        if at >= self._until:
            return StepEnd(True)
        return StepEnd(True, "cut short") if self._stage.closed is not None else None


class ExpectCloseAct:
    """The connection ends, as expected."""

    def __init__(self, step: ExpectClose, stage: Stage, at: float) -> None:
        self._stage = stage
        self._step = step
        self._began = at
        self._until = at + step.within
        try:
            self._pattern = compile_pattern(stage.resolve(step.fields, step.head.bindings))
        except PatternError as problem:
            raise StepFault(f"{problem.message}: {problem.hint}") from None

    @property
    def deadline(self) -> float | None:
        """When it gives up."""
        return self._until

    def poll(self, at: float) -> StepEnd | None:
        """Judge the close when it has come."""
        closed = self._stage.closed
        if closed is not None and closed.at <= self._until:
            return self._judged(closed)
        if closed is None and at < self._until:
            return None
        within = format_duration(self._step.within)
        told = f"Expected the connection to close within {within}; it was still open then."
        return StepEnd(False, told, waited=self._step.within)

    def _judged(self, closed: Closed) -> StepEnd:
        by = closed.sender.value if closed.sender is not None else None
        seen = {"code": closed.code, "reason": closed.reason, "by": by}
        tally = compare(self._pattern, seen)
        if tally.matched:
            return StepEnd(True, f"{closed.code} {after(closed.at - self._began)}")
        told = "; ".join(str(miss) for miss in tally.misses)
        return StepEnd(False, f"Closed, but {told}. ({closed_words(closed)})")


class AbsentAct:
    """No such event, for a time or until another comes. It looks and does not consume: the cursor
    stays, so what came meanwhile can still be expected."""

    def __init__(self, step: Absent, stage: Stage, at: float) -> None:
        self._step = step
        self._stage = stage
        self._seeker = stage.seeker(step.event, step.head.bindings)
        self._until = stage.seeker(step.until, step.head.bindings) if step.until else None
        seconds = step.duration if step.duration is not None else step.within
        self._looking = Looking(stage, at, seconds)

    @property
    def deadline(self) -> float | None:
        """When the time is over."""
        return self._looking.deadline

    def poll(self, at: float) -> StepEnd | None:
        """Look at what has come."""
        while (following := self._looking.following()) is not None:
            message = following[1]
            if self._seeker.fits(message) and isinstance(message, Event):
                return self._came(message)
            if self._until is not None and self._until.fits(message):
                told = f"none before #{message.seq}"
                return StepEnd(True, told, (message.seq,))
            near = self._until.near(message) if self._until is not None else None
            self._looking.came.add(message, near)
        if self._until is not None:
            return self._looking.ended(at, self._until.words)
        if at >= self._looking.deadline:
            return StepEnd(True, f"none in {format_duration(self._looking.within)}")
        closed = self._stage.closed
        if closed is None:
            return None
        rest = format_duration(self._looking.deadline - closed.at)
        told = f"{closed_words(closed)} {rest} before the time was over: absence proves nothing."
        return StepEnd(False, told[0].upper() + told[1:])

    def _came(self, event: Event) -> StepEnd:
        told = f"{self._seeker.words} came: #{event.seq} {event.type}"
        if event.type == self._stage.words.roles.get("error"):
            told = f"{self._seeker.words} came: {error_words(event)}"
        took = after(event.at - self._looking.began)
        return StepEnd(False, f"{told}, {took}.", (event.seq,))
