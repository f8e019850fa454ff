"""Events between a fatal error and the close it announces.

What it finds
    A connection that is closed for the reason an ``error`` gave, with other events of the server
    between the error and the close.
Why it matters
    Clients stop at a fatal error; what follows is lost, or acted on although the session is over.
Example
    < error session_expired
    < response.output_text.delta
    X 1001
What to do
    Read until the close, and do not send any more after the error.
Source
    OpenAI closes in the same millisecond as it sends the error (captures of 2026).
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of, text_of
from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Closed, Event, Sender


class EventAfterFatalError(Rule):
    """Remembers the last error, and holds the close against it."""

    name = "event-after-fatal-error"
    severity = Severity.WARNING
    certainty = Certainty.MEDIUM
    title = "The server went on after the error that ended the session"
    causes = (
        Cause("work was already on its way when the error was sent", "likely",
              "look at the times: does all of it come within some milliseconds?"),
        Cause("a gateway sends the error and keeps the stream of another server open", "possible",
              "connect without it"),
    )  # fmt: skip
    fix = "Go on reading until the close, and treat what comes after the error as unfinished."
    roles = ("error",)
    patient = True

    _error: Event | None = None

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The last error may be the one that ends the session."""
        self._error = event
        return NOTHING

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """Was the last error the reason, and did anything follow it?"""
        error, last = self._error, self.state.last_server
        if error is None or last is None or last.seq <= error.seq:
            return
        if closed.sender is Sender.CLIENT or not _names(closed.reason, error):
            return
        message = (
            f"the error of event {error.seq} ended the session with close {closed.code}, but "
            f"{last.type} (event {last.seq}) still came {last.at - error.at:.2f} s after it"
        )
        yield self.finding(message, at=closed.at, evidence=(error.seq, last.seq))


def _names(reason: str, error: Event) -> bool:
    """Whether a close gives an error as its reason: by its code, or with its very words."""
    body = object_of(error.payload.get("error"))
    code, message = text_of(body.get("code")), text_of(body.get("message"))
    return bool(code and code in reason) or bool(message and len(reason) > 8 and reason in message)
