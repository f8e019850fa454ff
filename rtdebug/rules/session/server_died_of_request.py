"""The connection died right after requests that were never answered."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, ODD_CLOSE
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Sender
from rtdebug.protocols.openai_realtime.rule import Rule

_SOON = 1.0  # seconds
_LOST = 1006
_SHOWN = 3


class ServerDiedOfRequest(Rule):
    """Looks for requests just before the connection was lost."""

    name = "server-died-of-request"
    begins = (ODD_CLOSE,)

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        state = self.state
        if closed.code != _LOST or closed.sender is not Sender.SERVER or not state.verbatim:
            return NOTHING
        queues = state.requests.pending.values()
        recent = [
            one for queue in queues for one in queue if one.pending and closed.at - one.at <= _SOON
        ]
        if not recent or state.begun is None:
            return NOTHING
        recent.sort(key=lambda one: one.seq)
        named = ", ".join(f"{one.type} (event {one.seq})" for one in recent[:_SHOWN])
        message = (
            f"the server's side was lost {closed.at - recent[-1].at:.2f} s after {named}, which "
            "nothing answered"
        )
        evidence = tuple(one.seq for one in recent[:_SHOWN])
        return (self.finding(message, at=closed.at, evidence=evidence),)
