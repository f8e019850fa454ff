"""Goes through the messages that have come, once and in order, up to a deadline."""

from __future__ import annotations

from rtdebug.scenario.durations import format_duration
from rtdebug.scenario.inbox import Message
from rtdebug.scenario.matching import Tally
from rtdebug.scenario.stage import Stage, StepEnd
from rtdebug.scenario.telling import closed_words


class Looking:
    """Goes through the messages since the cursor once, up to a deadline."""

    def __init__(self, stage: Stage, at: float, within: float) -> None:
        self.stage = stage
        self.began = at
        self.within = within
        self.deadline: float = at + within
        self.came = stage.came()
        self._next = stage.inbox.first
        self._missed = stage.inbox.lost

    @property
    def wake(self) -> float:
        """When an expectation wants to look again."""
        return min(self.deadline, self.stage.settled)

    def following(self) -> tuple[int, Message] | None:
        """The next message that is in time, None when there is none (yet)."""
        found = next(self.stage.inbox.since(self._next), None)
        if found is None:
            return None
        self._missed += found[0] - self._next
        if found[1].at > self.deadline:
            return None
        self._next = found[0] + 1
        return found

    def skip(self, number: int, message: Message, near: Tally | None) -> None:
        """Not the one: an expectation goes past it."""
        self.came.add(message, near)
        self.stage.pass_over(number)

    def ended(
        self, at: float, wanted: str, remark: str = "", *, in_vain: bool = False
    ) -> StepEnd | None:
        """The verdict when nothing more can come in time, or at all (``in_vain``); None while it
        may."""
        over = at >= self.deadline
        missed = f" {self._missed} earlier ones could not be kept." if self._missed else ""
        tail = f"{self.came}{missed}{remark}"
        closed = self.stage.closed
        evidence = tuple(self.came.evidence)
        if closed is not None and not over:
            words = closed_words(closed)
            return StepEnd(False, f"Expected {wanted}, but {words}. {tail}", evidence)
        if in_vain and not over:
            told = f"Expected {wanted}, but nothing that is open can bring it any more. {tail}"
            return StepEnd(False, told, evidence)
        if not over:
            return None
        told = f"Expected {wanted} within {format_duration(self.within)}. {tail}"
        return StepEnd(False, told, evidence, waited=self.within)
