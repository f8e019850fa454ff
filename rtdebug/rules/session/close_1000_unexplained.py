"""The server hangs up with a normal code and says nothing."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NeutralRule
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Event, Sender
from rtdebug.rules.lasting import lasted

_SOON = 1.0
_STREAM = 3  # appends from which on it is a stream


class Close1000Unexplained(NeutralRule):
    """Looks at what came last before a quiet close."""

    name = "close-1000-unexplained"

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        last = self.state.last
        quiet = closed.code in (1000, 1005) and not closed.reason
        if not quiet or closed.sender is Sender.CLIENT or last is None:
            return
        if last.sender is not Sender.CLIENT or self.state.ended is not None:
            return
        if closed.sender is None and self.state.audio_sent >= _STREAM:
            return  # whoever sends a microphone's audio hangs up in the middle of it
        if self.state.life is not None and self.state.life.ended is not None:
            return  # one side has said that it is over
        waited = closed.at - last.at
        if waited > _SOON or self.state.answering:
            return
        soon = lasted(waited, self.state.view.clock) or "right"
        message = (
            f"{soon} after event {last.seq} ({last.type}) the connection was closed with "
            f"{closed.code} and no reason; the server said no error before"
        )
        found = self.finding(message, at=closed.at, evidence=(last.seq,))
        yield self.resting_on(found, *self._answers(last))

    def _answers(self, last: Event) -> tuple[str, ...]:
        """What may have come after the last event of the client's and not been logged."""
        role = self.state.pack.role(Sender.CLIENT, last.type)
        answer = self.state.pack.answers.get(role or "")
        return answer.by if answer is not None else ()
