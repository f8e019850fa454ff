"""A response that completed with nothing in it."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, ODD_END
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.protocols.openai_realtime.rule import Rule


class EmptyResponse(Rule):
    """Looks at every response that completed."""

    name = "empty-response"
    roles = (ODD_END,)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done."""
        response = self.state.finished
        if response is None or response.status != "completed" or not event.whole:
            return NOTHING
        if not response.seen_created or not _is_empty(response):
            return NOTHING
        tokens = (response.usage or {}).get("output_tokens")
        message = f"{response.id} completed without an item or a delta"
        if isinstance(tokens, int):
            message += f"; its usage counts {tokens} output tokens"
        evidence = (response.seq, event.seq)
        return (self.finding(message, at=event.at, evidence=evidence, subject=response.id),)


def _is_empty(response: Response) -> bool:
    if response.output or response.deltas():
        return False
    return response.output is not None and not response.items
