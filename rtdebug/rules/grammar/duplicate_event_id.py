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

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event

# Two generations of at most this many: bounded, and no id has to be taken out by itself.
_KEPT = 2000


class DuplicateEventId(Rule):
    """Remembers the latest ids of events that turn the state; deltas would cost too much."""

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
    roles = (
        "error", "session.created", "session.updated", "conversation.created", "item.added",
        "item.done", "item.created", "item.retrieved", "item.truncated", "item.deleted",
        "transcription.completed", "transcription.failed", "transcription.segment",
        "audio.committed", "audio.cleared", "speech.started", "speech.stopped", "idle.timeout",
        "output.started", "output.stopped", "output.cleared", "response.created", "response.done",
        "output_item.added", "output_item.done", "part.added", "part.done", "text.done",
        "audio.done", "transcript.done", "arguments.done", "mcp_list.in_progress",
        "mcp_list.completed", "mcp_list.failed", "mcp_arguments.done", "mcp_call.in_progress",
        "mcp_call.completed", "mcp_call.failed", "rate_limits",
    )  # fmt: skip
    breaches = ("duplicate-event-id",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._recent: dict[str, int] = {}
        self._older: dict[str, int] = {}

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """An event: has its id come before?"""
        id_ = event.payload.get("event_id")
        if id_.__class__ is not str or not id_:
            return NOTHING
        recent = self._recent
        if id_ in recent or id_ in self._older:
            return self._twice(event, id_, recent.get(id_) or self._older[id_])
        recent[id_] = event.seq
        if len(recent) > _KEPT:
            self._older, self._recent = recent, {}
        return NOTHING

    def _twice(self, event: Event, id_: str, first: int) -> Iterable[Finding]:
        if self.state.verbatim and event.whole:
            message = f"{event.type} (event {event.seq}) has the id {id_}, as event {first} has"
            yield self.finding(message, at=event.at, evidence=(first, event.seq), subject=id_)
