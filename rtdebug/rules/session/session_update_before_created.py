"""session.update sent before the session was announced.

What it finds
    A ``session.update`` that stands before ``session.created``.
Why it matters
    It mostly works, since the server reads in order. Some gateways throw away what comes before
    they have opened the session behind them, and then the settings are silently lost.
Example
    > session.update
    < session.created
What to do
    Wait for ``session.created``, then send the update; wait for ``session.updated`` before audio.
Source
    theopenco/llmgateway#3777 (lost); openai/openai-realtime-console#62 (worked).
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event


class SessionUpdateBeforeCreated(Rule):
    """Looks at what was sent before the session was announced."""

    name = "session-update-before-created"
    severity = Severity.INFO
    certainty = Certainty.LOW
    title = "The session was configured before it was announced"
    causes = (
        Cause("the client sends its set-up as soon as the socket is open", "likely",
              "look for a wait on session.created in its connect code"),
        Cause("a relay delays session.created", "possible",
              "connect without it: session.created comes within milliseconds of the upgrade"),
    )  # fmt: skip
    fix = (
        "If the settings turn out not to be in force, send session.update only after "
        "session.created. Otherwise nothing has to change."
    )
    roles = ("session.created",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The session is announced."""
        first = self.state.settings.first_update_seq
        if first is None or first > event.seq or self.state.settings.created_seq != event.seq:
            return
        update = self.state.pack.type("session.update")
        message = f"event {first} ({update}) was sent before event {event.seq} ({event.type}) came"
        yield self.finding(message, at=event.at, evidence=(first, event.seq))
