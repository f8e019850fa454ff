"""Something that the client never asked for was asked in its name."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Sender
from rtdebug.rules.said.error_events import may_be_refused, said_in

_CONFLICT = "active-response-conflict"


class ThirdPartyRequest(Rule):
    """Counts what the client asked for against what is answered."""

    name = "third-party-request"
    roles = ("error", "response.created")

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Something was refused, or began."""
        what = self._refused(event) if role == "error" else self._begun(event)
        view = self.state.view
        if not what or not (view.from_start and Sender.CLIENT in view.senders):
            return NOTHING
        return (self.finding(what, at=event.at, evidence=(event.seq,)),)

    def _refused(self, event: Event) -> str:
        """A refusal that none of the client's requests can have met."""
        if not self.state.verbatim:
            return ""
        said = said_in(event, self.state)
        if not any(text.name == _CONFLICT for text in self.state.pack.errors.matches(said)):
            return ""
        requests, asks = self.state.requests, self.state.pack.type("response.create")
        last = requests.last.get("response.create")
        if requests.pending.get("response.create") or requests.forgotten:
            return ""
        if last is not None and (last.refused == event.seq or may_be_refused(last, self.state)):
            return ""
        own = (
            f"the client sent no {asks} at all"
            if last is None
            else f"each {asks} of the client's was answered before, the last is event {last.seq}"
        )
        return f"event {event.seq} refuses a {asks}, and {own}: somebody else sent it"

    def _begun(self, event: Event) -> str:
        """A response of which neither the client nor turn detection can be the author."""
        state, latest = self.state, self.state.responses.latest
        if latest is None or latest.seq != event.seq or latest.request is not None:
            return ""
        if not (state.settings.session and state.verbatim):
            return ""
        if state.settings.vad is not False or state.audio.speech_starts or state.audio.commits:
            return ""
        asks = state.pack.type("response.create")
        return (
            f"{latest.id} (event {event.seq}) began although turn detection is off and no {asks} "
            "of the client's was waiting: somebody else sent it"
        )
