"""The client's own program raised an exception, and its library closed with 1011."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, NeutralRule
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed
from rtdebug.rules.giving_up import of_exception


class ClientException(NeutralRule):
    """Reads who closed with 1011, and why."""

    name = "client-exception"

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        if not of_exception(closed) or self.state.ended is not None:
            return NOTHING
        last = self.state.last
        message = "the client closed with 1011, which its library sends when the program raises"
        message += f', saying "{self.quote(closed.reason, 200)}"' if closed.reason else ""
        message += f"; the last event was {last.seq} ({last.type})" if last is not None else ""
        evidence = (last.seq if last is not None else None,)
        return (self.finding(message, at=closed.at, evidence=evidence),)
