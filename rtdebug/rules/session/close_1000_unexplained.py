"""The server hangs up with a normal code and says nothing.

What it finds
    A close 1000 without a reason, by the server, within a second after the client sent something.
Why it matters
    A normal code does not mean success: something the client sent was not wanted, and nobody says
    what.
Example
    > session.update
    X 1000, 0.2 s later
What to do
    Send the last client event alone, then without one field after the other, until the close
    stays away.
Source
    community.openai.com/t/1082530 and /t/1163317; RFC 6455 section 7.4.1.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NeutralRule
from rtdebug.model.findings import Cause, Finding
from rtdebug.model.records import Closed, Event, Sender

_SOON = 1.0
_STREAM = 3  # appends from which on it is a stream


class Close1000Unexplained(NeutralRule):
    """Looks at what came last before a quiet close."""

    name = "close-1000-unexplained"
    title = "The server hung up with a normal code and no reason"
    causes = (
        Cause("something in the last client event is not accepted", "likely",
              "send that event alone in a fresh session; then leave out field after field"),
        Cause("audio in a format the server cannot use", "possible",
              "send one short append of silence in the declared format: does it close again?"),
        Cause("an unstable host or a proxy between", "possible",
              "connect from another network; does it close at the same event?"),
    )  # fmt: skip
    fix = "Repeat the session and leave out the last client event: if it stays open, that was it."

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
        waited = closed.at - last.at
        if waited > _SOON or self.state.answering:
            return
        message = (
            f"{waited:.2f} s after event {last.seq} ({last.type}) the connection was closed with "
            f"{closed.code} and no reason; the server said no error before"
        )
        found = self.finding(message, at=closed.at, evidence=(last.seq,))
        yield self.resting_on(found, *self._answers(last))

    def _answers(self, last: Event) -> tuple[str, ...]:
        """What may have come after the last event of the client's and not been logged."""
        role = self.state.pack.role(Sender.CLIENT, last.type)
        answer = self.state.pack.answers.get(role or "")
        return answer.by if answer is not None else ()
