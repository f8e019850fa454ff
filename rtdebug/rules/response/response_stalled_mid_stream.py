"""A response stops in the middle.

What it finds
    A response with an item or deltas that is open, and silent for ten seconds.
Why it matters
    The client waits for the rest for ever.
Example
    < response.output_text.delta "The capital of"
    ~ 10 s
What to do
    As for response-stalled-after-created: cancel, read the answer, retry in a fresh session.
Source
    OpenAI Realtime reference on response.done; googleapis/python-genai#2117.
"""

from __future__ import annotations

from rtdebug.engine.responses import Response
from rtdebug.model.findings import Cause, Finding
from rtdebug.rules.response.silence import SilentResponse, Stage


class ResponseStalledMidStream(SilentResponse):
    """Watches responses that stop before their items are done."""

    name = "response-stalled-mid-stream"
    stage = Stage.STREAMING
    title = "The response stopped in the middle"
    causes = (
        Cause("generation is stuck on the server", "likely",
              "send response.cancel: response.done with status cancelled proves it"),
        Cause("the link is dead and nobody has noticed yet", "possible",
              "ping the server: a pong within a second means the link lives"),
        Cause("the client is blocked and no longer reads", "possible",
              "watch the same session with rtdebug tail: do the events go on there?"),
    )  # fmt: skip
    fix = (
        "Send response.cancel and read what comes back. What was received so far stands; ask again "
        "in a fresh session."
    )

    def stalled(self, response: Response, at: float) -> Finding:
        """The finding for one response."""
        message = (
            f"{response.id} had {response.deltas()} deltas in {len(response.items)} "
            f"item{'s' if len(response.items) != 1 else ''}; after event {response.last_seq} "
            f"{self.silence(response, at)}, and it was never done"
        )
        evidence = (response.seq, response.last_seq)
        return self.finding(message, at=at, evidence=evidence, subject=response.id)
