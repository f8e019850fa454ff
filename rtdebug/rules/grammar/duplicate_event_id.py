"""Two server events with one event id.

What it finds
    An ``event_id`` of the server that comes a second time among the latest few thousand events
    that are no deltas, or in two deltas of audio that follow each other.
Why it matters
    Either an event was delivered twice, and is acted on twice, or ids cannot be trusted when a
    fault is reported.
Example
    < response.done event_7
    < response.done event_7
What to do
    Compare the two events: equal ones were delivered twice.
Source
    OpenAI Realtime reference: event_id is the unique id of a server event.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty, Severity


class DuplicateEventId(Rule):
    """Takes what the tracking saw."""

    name = "duplicate-event-id"
    severity = Severity.WARNING
    certainty = Certainty.CERTAIN
    title = "Two events of the server have the same id"
    causes = (
        Cause("a relay, a retry or a second listener delivers events twice", "likely",
              "compare the two events: if they are equal, one was delivered twice"),
        Cause("a compatible server does not make its ids unique", "possible",
              "compare the two events: if they differ, the server reuses ids"),
        Cause("logs of two connections were joined", "possible",
              "look for two session.created in the log"),
    )  # fmt: skip
    fix = (
        "If the events are equal, find what delivers them twice: every effect happens twice. If "
        "they differ, do not use event_id as a key with this server."
    )
    breaches = ("duplicate-event-id",)
