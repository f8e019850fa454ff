"""A response is created, and then nothing.

What it finds
    ``response.created``, perhaps ``rate_limits.updated``, and then no item, no error, no close
    and no ``response.done`` for ten seconds.
Why it matters
    ``response.done`` is always sent, however a response ends. So the stream is incomplete, and no
    mistake in what the client sent explains it: a wrong request gets an ``error``.
Example
    > response.create
    < response.created resp_1 in_progress
    < rate_limits.updated
    ~ 10 s
What to do
    Send ``response.cancel`` and read the answer: ``response.done`` cancelled means the server was
    stuck (retry in a new session, report both ids); ``response_cancel_not_active`` means it had
    finished and the client lost the events.
Source
    OpenAI Realtime reference on response.done; community.openai.com/t/1238922; in healthy
    recordings the first item follows rate_limits.updated within 30 ms.
"""

from __future__ import annotations

from rtdebug.engine.responses import Response
from rtdebug.model.findings import Cause, Finding
from rtdebug.rules.response.silence import SilentResponse, Stage


class ResponseStalledAfterCreated(SilentResponse):
    """Watches responses that never get their first item."""

    name = "response-stalled-after-created"
    stage = Stage.CREATED
    title = "The response was created, and then nothing came"
    causes = (
        Cause("generation is stuck on the server", "likely",
              "send response.cancel: response.done with status cancelled proves it"),
        Cause("the client stopped reading, or lost the burst of events that followed", "possible",
              "send response.cancel: response_cancel_not_active proves it; count raw messages at "
              "the socket", of_onlooker=True),
        Cause("the rest was filtered out of what is shown, or not waited for", "possible",
              "log every raw message for 15 s more", of_onlooker=True),
        Cause("a limit or the account", "unlikely",
              "that would end in response.done with status failed, and would say so"),
    )  # fmt: skip
    fix = (
        "Wait at most 15 s, then send response.cancel and read what comes back. If the server was "
        "stuck, retry in a fresh session and report the session and response ids."
    )

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
