"""The one exception of dialling: which step failed, and what to tell the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rtdebug.model.records import Step

if TYPE_CHECKING:
    from rtdebug.wire.answer import Answer


TIMED_OUT, LOST = "timed-out", "lost"


class Fault(Exception):
    """Getting a connection failed at ``step``; ``answer`` is what HTTP said, if it came so far,
    ``how`` whether it took too long or the other end went away (see ``Refused``)."""

    def __init__(
        self, step: Step, text: str, answer: Answer | None = None, *, how: str = ""
    ) -> None:
        super().__init__(text)
        self.step = step
        self.text = text
        self.answer = answer
        self.how = how
