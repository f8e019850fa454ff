"""Events between a fatal error and the close it announces."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of, text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Event, Sender
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.lasting import lasted


class EventAfterFatalError(Rule):
    """Remembers the last error, and holds the close against it."""

    name = "event-after-fatal-error"
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
        waited = lasted(last.at - error.at, self.state.view.clock)
        message = (
            f"the error of event {error.seq} ended the session with close {closed.code}, but "
            f"{last.type} (event {last.seq}) still came{' ' if waited else ''}{waited} after it"
        )
        yield self.finding(message, at=closed.at, evidence=(error.seq, last.seq))


def _names(reason: str, error: Event) -> bool:
    """Whether a close gives an error as its reason: by its code, or with its very words."""
    body = object_of(error.payload.get("error"))
    code, message = text_of(body.get("code")), text_of(body.get("message"))
    return bool(code and code in reason) or bool(message and len(reason) > 8 and reason in message)
