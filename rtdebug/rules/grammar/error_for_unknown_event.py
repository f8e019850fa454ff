"""An error that answers an event nobody sent."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of, text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Event, Sender
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.visibility import sees


class ErrorForUnknownEvent(Rule):
    """Looks the id of every error up among those that were sent."""

    name = "error-for-unknown-event"
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
