"""Something that the client never asked for was asked in its name.

What it finds
    A refusal of ``response.create`` while none of the client's own is open to be refused, or a
    response that nobody asked for while turn detection is confirmed off. The record must have all
    that the client sent.
Why it matters
    A gateway between the two sends requests of its own. They collide with the client's, and the
    client is told of faults it did not commit.
Example
    < response.created (by turn detection)
    < error conversation_already_has_active_response    (the client sent no response.create)
What to do
    Look for what sends it: a gateway that answers turns by itself, or a second program on the same
    session. Record behind the gateway as well.
Source
    Recordings through LiteLLM 1.106.2, which sends a response.create of its own after a
    transcription.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event, Sender
from rtdebug.rules.said.error_events import may_be_refused, said_in

_CONFLICT = "active-response-conflict"


class ThirdPartyRequest(Rule):
    """Counts what the client asked for against what is answered."""

    name = "third-party-request"
    severity = Severity.WARNING
    certainty = Certainty.CERTAIN
    title = "A request took effect that this client never sent"
    causes = (
        Cause("a gateway between client and server sends requests of its own", "likely",
              "record behind the gateway: there the request is"),
        Cause("a second program is attached to the same session", "possible",
              "look for a sideband connection with the same call or session id"),
    )  # fmt: skip
    fix = (
        "Switch off what sends requests in the client's place (in a gateway: its own answering of "
        "turns), or connect to the provider directly."
    )
    roles = ("error", "response.created")

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Something was refused, or began."""
        view = self.state.view
        if not (self.state.verbatim and view.from_start and Sender.CLIENT in view.senders):
            return NOTHING
        what = self._refused(event) if role == "error" else self._begun(event)
        return (self.finding(what, at=event.at, evidence=(event.seq,)),) if what else NOTHING

    def _refused(self, event: Event) -> str:
        """A refusal that none of the client's requests can have met."""
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
        if state.settings.vad is not False or state.audio.speech_starts or state.audio.commits:
            return ""
        asks = state.pack.type("response.create")
        return (
            f"{latest.id} (event {event.seq}) began although turn detection is off and no {asks} "
            "of the client's was waiting: somebody else sent it"
        )
