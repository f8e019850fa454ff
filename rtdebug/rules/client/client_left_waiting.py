"""The app waits for something that never came, and stopped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Certainty, Finding
from rtdebug.model.records import Closed, Ended, Sender
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.family import family
from rtdebug.rules.giving_up import GAVE_UP, gave_up

if TYPE_CHECKING:
    from rtdebug.rules.client.missed import Missed


class ClientLeftWaiting(Rule):
    """Asks at the end what the server owed the client, and what its family still waits for."""

    name = "client-left-waiting"
    begins = ("session.update", "item.create", "response.create", "audio.append")

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The client may have given up."""
        if not gave_up(closed, self.state):
            return NOTHING
        return self._left(closed.at, min(GAVE_UP, self.patience))

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever watched stops: has the client been silent for long enough?"""
        if ended.waited:
            return NOTHING  # the watcher itself is the client
        return self._left(ended.at, max(min(patience, self.patience), GAVE_UP))

    def _left(self, at: float, least: float) -> Iterable[Finding]:
        state = self.state
        if not state.verbatim or at - self._moved() < least - 1e-9:
            return
        from rtdebug.rules.client.missed import missed_by, owed_to_any, owed_to_unknown

        client = family(state)
        own = missed_by(client, state) if client is not None else owed_to_unknown(state)
        found = (*own, *owed_to_any(state, self.patience))
        for missed in sorted(found, key=lambda one: one.at):
            if at - missed.at >= max(least, missed.least) - 1e-9 and not self._went_on(missed):
                yield self._found(client.title if client else "", missed, at)
                return

    def _moved(self) -> float:
        """When the client last did anything but send audio, which goes on by itself."""
        asked, last = self.state.requests.recent, self.state.last_client
        return asked[-1].at if asked else last.at if last is not None else 0.0

    def _went_on(self, missed: Missed) -> bool:
        """Whether something that began later came to its end: then the client did without."""
        asked, done = self.state.requests.recent, self.state.responses.done
        answered = any(one.seq > missed.seq and one.answered for one in asked)
        return answered or any(one.seq > missed.seq for one in done)

    def _found(self, title: str, missed: Missed, at: float) -> Finding:
        closed = self.state.closed
        by_client = closed is not None and closed.sender is Sender.CLIENT
        message = (
            f"{title or 'the client'} waits for {missed.awaited} after {missed.after}; it never "
            f"came, and the client {'closed' if by_client else 'was silent'} "
            f"{at - missed.at:.1f} s later"
        )
        found = self.finding(
            message, at=at, evidence=missed.evidence, under=missed.cause or None,
            certainty=None if title or not missed.guessed else Certainty.MEDIUM,
        )  # fmt: skip
        return self.resting_on(found, "item.added")
