"""An error that answers an event nobody sent.

What it finds
    An ``error`` whose ``error.event_id`` is not the id of any event of the client.
Why it matters
    Clients match errors by this id. What was really refused stays undone without anyone noticing.
Example
    > response.create event_id my_1
    < error event_id my_2
What to do
    Match errors by ``param`` and by order as well.
Source
    OpenAI Realtime reference: error.event_id is that of the client event that caused the error,
    and null where it had none.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of, text_of
from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event, Sender
from rtdebug.rules.visibility import sees


class ErrorForUnknownEvent(Rule):
    """Looks the id of every error up among those that were sent."""

    name = "error-for-unknown-event"
    severity = Severity.WARNING
    certainty = Certainty.HIGH
    title = "An error names an event that was never sent"
    causes = (
        Cause("a gateway sends events of its own, and passes their errors on", "likely",
              "record between gateway and server: is the event with that id there?"),
        Cause("the server makes up an id for events that have none", "possible",
              "send the same event with an event_id: does the error name it?"),
        Cause("the event was sent by another part of the client, past this record", "possible",
              "record at the socket"),
    )  # fmt: skip
    fix = (
        "Find who sent the event with that id. Until then match errors by their param and by the "
        "order of requests."
    )
    roles = ("error",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """An error: is the event it names one that was sent?"""
        id_ = text_of(object_of(event.payload.get("error")).get("event_id"))
        requests, audio = self.state.requests, self.state.audio
        if not id_ or id_ in requests.by_event_id or id_ in audio.ids or not self._can_tell():
            return NOTHING
        named = bool(requests.by_event_id or audio.ids)
        message = f"the error names {id_}, but the client sent no event of that id"
        if not named:
            message += "; it puts no ids on its events at all"
        return (
            self.finding(
                message, at=event.at, evidence=(event.seq,), subject=id_,
                severity=None if named else Severity.INFO,
            ),
        )  # fmt: skip

    def _can_tell(self) -> bool:
        """Only a record of all that the client sent shows what it did not send."""
        state = self.state
        forgotten = state.requests.forgotten or len(state.audio.ids) == state.audio.ids.maxlen
        complete = state.verbatim and state.view.from_start and not state.view.hidden
        return complete and sees(state, Sender.CLIENT) and not forgotten
