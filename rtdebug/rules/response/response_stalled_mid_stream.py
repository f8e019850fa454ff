"""A response stops in the middle."""

from __future__ import annotations

from rtdebug.model.findings import Finding
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.rules.response.silence import HowFar, SilentResponse


class ResponseStalledMidStream(SilentResponse):
    """Watches responses that stop before their items are done."""

    name = "response-stalled-mid-stream"
    stage = HowFar.STREAMING

    def stalled(self, response: Response, at: float) -> Finding:
        """The finding for one response."""
        message = (
            f"{response.id} had {response.deltas()} deltas in {len(response.items)} "
            f"item{'s' if len(response.items) != 1 else ''}; after event {response.last_seq} "
            f"{self.silence(response, at)}, and it was never done"
        )
        evidence = (response.seq, response.last_seq)
        return self.finding(message, at=at, evidence=evidence, subject=response.id)
