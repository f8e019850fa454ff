"""session.update sent before the session was announced."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.rule import Rule


class SessionUpdateBeforeCreated(Rule):
    """Looks at what was sent before the session was announced."""

    name = "session-update-before-created"
    roles = ("session.created",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The session is announced."""
        first = self.state.settings.first_update_seq
        if first is None or first > event.seq or self.state.settings.created_seq != event.seq:
            return
        update = self.state.pack.type("session.update")
        message = f"event {first} ({update}) was sent before event {event.seq} ({event.type}) came"
        yield self.finding(message, at=event.at, evidence=(first, event.seq))
