"""Base of the rules about what the client sends: held back until the server has had its say.

A mistake that the server takes all the same is none, and one that it refuses is better told with
both events. So what was seen waits for the answer, for the time an answer may take, or for the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rtdebug.model.findings import Finding
from rtdebug.model.records import Ended, Event
from rtdebug.protocols.openai_realtime.requests import Request
from rtdebug.rules.said.saying import SayingRule

_ANSWER_WITHIN = 5.0
_MOST = 200


class HeldRule(SayingRule):
    """Names a fault of the pack's table that can be seen before the server names it.

    ``fault`` is its name there. Rules call :meth:`hold` from ``observe``.
    """

    fault: ClassVar[str]
    patient = True

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._held: list[tuple[Request, Finding]] = []

    def hold(
        self, message: str, event: Event, *more: int | None, subject: str | None = None
    ) -> None:
        """Keeps what was seen in the client event that has just been noted."""
        request, text = self.state.request, self.state.pack.errors.text(self.fault)
        if request is None or text is None or len(self._held) >= _MOST:
            return
        finding = text.finding(message, at=event.at, evidence=(*more, event.seq), subject=subject)
        self._held.append((request, finding))
        self.wake_at(event.at + _ANSWER_WITHIN)

    def advance(self, at: float) -> Iterable[Finding]:
        """Answers may have come by now."""
        yield from self._release(at - _ANSWER_WITHIN)
        for request, _ in self._held[:1]:
            self.wake_at(request.at + _ANSWER_WITHIN)

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever watched stops."""
        yield from self._release(ended.at)

    def finished(self) -> Iterable[Finding]:
        """Nothing more will come."""
        yield from self._release(float("inf"))

    def _release(self, since: float) -> Iterable[Finding]:
        """What is older than ``since``, or was refused, unless the server took it."""
        left = []
        for request, finding in self._held:
            if request.answered is not None:
                continue
            if request.refused is not None or request.at <= since + 1e-9:
                yield finding
            else:
                left.append((request, finding))
        self._held = left
