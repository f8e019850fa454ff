"""Something that the client never asked for was asked in its name."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, ODD_END
from rtdebug.model.findings import Certainty, Finding
from rtdebug.model.records import Event, Sender
from rtdebug.protocols.openai_realtime.rule import Rule

_CONFLICT = "active-response-conflict"
_OWN_REASONS = ("client_cancelled", "turn_detected")


class ThirdPartyRequest(Rule):
    """Counts what the client asked for against what is answered."""

    name = "third-party-request"
    roles = ("error", "response.created", ODD_END)

    _seen: int | None = None  # the latest event that somebody else's request caused
    _begun_id: str | None = None  # the response it began, if it began one

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Something was refused, began, or ended otherwise than well."""
        view = self.state.view
        if not (view.from_start and Sender.CLIENT in view.senders):
            return NOTHING
        if role == "response.done":
            return self._ended(event)
        what = self._refused(event) if role == "error" else self._begun(event)
        if not what:
            return self._in_the_way(event) if role == "error" else NOTHING
        self._seen = event.seq
        return (self.finding(what, at=event.at, evidence=(event.seq,)),)

    def _ended(self, event: Event) -> Iterable[Finding]:
        """A response of the client's ended failed or cancelled, by no act that is known."""
        response, seen = self.state.finished, self._seen
        if response is None or seen is None or response.id == self._begun_id:
            return NOTHING
        reason = (response.details or {}).get("reason")
        harmed = response.status == "failed" or (
            response.status == "cancelled"
            and reason not in _OWN_REASONS
            and self.state.requests.last.get("response.cancel") is None
        )
        if not harmed or not response.seq < seen < event.seq or not self.state.verbatim:
            return NOTHING
        message = (
            f"{response.id} ended {response.status} (event {event.seq}) after a request that the "
            f"client never sent (event {seen})"
        )
        return self._harm(message, event, seen, response.id, Certainty.MEDIUM)

    def _in_the_way(self, event: Event) -> Iterable[Finding]:
        """The client's own request was refused since somebody else's response was open."""
        seen, id_ = self._seen, self._begun_id
        last = self.state.requests.last.get("response.create")
        if seen is None or id_ is None or id_ not in self.state.responses.open or last is None:
            return NOTHING
        if last.refused != event.seq or not self._is_conflict(event):
            return NOTHING
        message = (
            f"event {event.seq} refuses the client's own {last.type} (event {last.seq}), since "
            f"{id_}, which the client never asked for (event {seen}), was open"
        )
        return self._harm(message, event, seen, id_, Certainty.CERTAIN)

    def _harm(
        self, message: str, event: Event, seen: int, subject: str, certainty: Certainty
    ) -> Iterable[Finding]:
        found = self.finding(
            message, at=event.at, evidence=(seen, event.seq), subject=subject,
            certainty=certainty, variant="harmful",
        )  # fmt: skip
        return (found,)

    def _is_conflict(self, event: Event) -> bool:
        from rtdebug.rules.said.error_events import said_in

        said = said_in(event, self.state)
        return any(text.name == _CONFLICT for text in self.state.pack.errors.matches(said))

    def _refused(self, event: Event) -> str:
        """A refusal that none of the client's requests can have met."""
        if not self.state.verbatim or not self._is_conflict(event):
            return ""
        from rtdebug.rules.said.error_events import may_be_refused

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
        self._begun_id = latest.id
        return (
            f"{latest.id} (event {event.seq}) began although turn detection is off and no {asks} "
            "of the client's was waiting: somebody else sent it"
        )
