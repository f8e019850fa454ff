"""The client's own strict models refuse an event of the server, and it stops there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rtdebug.engine.rule import NOTHING
from rtdebug.engine.state import Misshapen
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Ended
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.family import family
from rtdebug.rules.giving_up import gave_up

if TYPE_CHECKING:
    from rtdebug.packs.clients import Family


class ClientRefusesEvent(Rule):
    """Asks at the end whether the client did anything after an event that it cannot read."""

    name = "client-refuses-event"

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The client may have stopped at such an event."""
        return self._stopped(closed.at) if gave_up(closed, self.state) else NOTHING

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever watched stops: has the client been silent for long enough?"""
        last = self.state.last_client
        if last is None or ended.at - last.at < self.patience:
            return NOTHING
        return self._stopped(ended.at)

    def _stopped(self, at: float) -> Iterable[Finding]:
        state = self.state
        if not state.misshapen or not state.verbatim:
            return
        client = family(state)
        if client is None:
            return
        asked = state.requests.recent
        since = asked[-1].seq if asked else 0
        late = (one for one in state.misshapen if one.seq > since)
        refused = next((one for one in late if _refuses(client, one)), None)
        if refused is None:
            return
        message = (
            f"{client.title} holds each event against strict models, and {refused.type} (event "
            f"{refused.seq}) is wrong at {refused.place or 'its root'}; the client did nothing "
            "more after it"
        )
        yield self.finding(message, at=at, evidence=(refused.seq,), under="invalid-event")


def _refuses(client: Family, event: Misshapen) -> bool:
    if event.lacks:
        return not client.without.isdisjoint(event.lacks)
    return client.refuses_type(event.type)
