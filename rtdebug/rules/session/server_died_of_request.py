"""The connection died right after requests that were never answered."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, ODD_CLOSE
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Sender
from rtdebug.protocols.openai_realtime.rule import Rule

_SOON = 1.0  # seconds
_LOST = 1006
_FAILED = 1011  # "an unexpected condition prevented it from fulfilling the request" (RFC 6455)
_UNTOLD = re.compile(r"(?i)^$|\binternal\b")
_SHOWN = 3


class ServerDiedOfRequest(Rule):
    """Looks for requests just before the connection was lost."""

    name = "server-died-of-request"
    begins = (ODD_CLOSE,)

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        state = self.state
        if not _died(closed) or not state.verbatim:
            return NOTHING
        queues = state.requests.pending.values()
        recent = [
            one
            for queue in queues
            for one in queue
            if one.pending and one.error_seq is None and closed.at - one.at <= _SOON
        ]
        if not recent or state.begun is None:
            return NOTHING
        recent.sort(key=lambda one: one.seq)
        named = ", ".join(f"{one.type} (event {one.seq})" for one in recent[:_SHOWN])
        how = "server's side was lost" if closed.code == _LOST else f"server closed with {_FAILED}"
        waited = closed.at - recent[-1].at
        message = f"the {how} {waited:.2f} s after {named}, which nothing answered"
        evidence = tuple(one.seq for one in recent[:_SHOWN])
        causes = self.entry.causes
        if closed.code == _FAILED:  # no network sends a close
            causes = self.entry.causes_named("request")
        return (self.finding(message, at=closed.at, evidence=evidence, causes=causes),)


def _died(closed: Closed) -> bool:
    """Whether the server ended it, and not by a close that says why."""
    told = closed.code != _LOST and (closed.code != _FAILED or not _UNTOLD.search(closed.reason))
    return closed.sender is Sender.SERVER and not told
