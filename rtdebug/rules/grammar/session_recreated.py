"""A second session on one connection.

What it finds
    ``session.created`` that comes again.
Why it matters
    A new session has lost the conversation, the settings and the audio of the one before, while
    the client goes on as if nothing had happened.
Example
    < session.created sess_1
    < session.created sess_2
What to do
    Send ``session.update`` and the history again, or find what reconnected.
Source
    OpenAI Realtime reference: exactly one session for each connection.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of, text_of
from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding
from rtdebug.model.records import Event


class SessionRecreated(Rule):
    """Looks at every session.created but the first."""

    name = "session-recreated"
    certainty = Certainty.CERTAIN
    title = "A second session began on the same connection"
    causes = (
        Cause("a gateway lost its upstream and connected again without a word", "likely",
              "read the gateway's log at this time; compare the two session ids"),
        Cause("logs of two connections were joined", "possible",
              "look for a close between the two"),
        Cause("a relay delivered the event twice", "possible",
              "compare the event ids of the two"),
    )  # fmt: skip
    fix = (
        "Treat it as a reconnect: send session.update and the items of the conversation again. "
        "Have the gateway close the connection when its upstream is gone."
    )
    roles = ("session.created",)

    _first: str | None = None

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A session begins."""
        first = self.state.settings.created_seq
        id_ = text_of(object_of(event.payload.get("session")).get("id"))
        if first is None or first == event.seq:
            self._first = id_
            return NOTHING
        if not self.state.verbatim:
            return NOTHING
        same = "the same session again" if id_ == self._first else f"a new session ({id_})"
        message = f"event {event.seq} begins {same}; event {first} had begun {self._first}"
        return (self.finding(message, at=event.at, evidence=(first, event.seq), subject=id_),)
