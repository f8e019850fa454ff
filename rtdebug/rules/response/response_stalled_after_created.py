"""A response is created, and then nothing."""

from __future__ import annotations

from rtdebug.model.findings import Finding
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.rules.response.silence import HowFar, SilentResponse


class ResponseStalledAfterCreated(SilentResponse):
    """Watches responses that never get their first item."""

    name = "response-stalled-after-created"
    stage = HowFar.CREATED

    def stalled(self, response: Response, at: float) -> Finding:
        """The finding for one response."""
        message = (
            f"{response.id} was created (event {response.seq}) and {self.silence(response, at)}: "
            "no item, no delta, no error, no close. The request was accepted, so neither its shape "
            "nor its order is the cause"
        )
        return self.finding(message, at=at, evidence=self._evidence(response), subject=response.id)

    def _evidence(self, response: Response) -> tuple[int | None, ...]:
        request = response.request.seq if response.request else None
        last = self.state.last_server
        return request, response.seq, last.seq if last is not None else None
