"""Everything came but response.done.

What it finds
    A response whose items are all done, without ``response.done``.
Why it matters
    Most clients wait for ``response.done`` alone: usage, status and the next turn hang on it.
Example
    < response.output_item.done
    ~ 10 s
What to do
    Take finished items as they come; report it to the server's makers.
Source
    OpenAI Realtime reference: response.done is always sent; vllm-project/vllm#33962.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from rtdebug.engine.responses import Response
from rtdebug.model.findings import Cause, Certainty, Finding
from rtdebug.model.records import Event
from rtdebug.rules.response.silence import SilentResponse, Stage, stage_of

_LOOKED_AT = 20


class ResponseDoneMissing(SilentResponse):
    """Watches responses that have all but their end."""

    name = "response-done-missing"
    stage = Stage.ALL_BUT_DONE
    certainty = Certainty.MEDIUM
    title = "All of the response came, but not its response.done"
    causes = (
        Cause("a compatible server or a gateway leaves it out", "likely",
              "run the same scenario against the provider itself"),
        Cause("the event was lost or filtered between server and log", "possible",
              "record at the socket and look for response.done there"),
        Cause("the server is stuck in its very last step", "possible",
              "send response.cancel: response_cancel_not_active means it had finished"),
    )  # fmt: skip
    fix = (
        "Accept each item at its own done so that nothing hangs, and report the missing "
        "response.done to whoever runs the server."
    )

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The next response begins although this one never ended."""
        found = super().observe(event, role)
        if role != "response.created" or len(self.state.responses.open) < 2:
            return found
        return self._left_open(event)

    def _left_open(self, event: Event) -> Iterable[Finding]:
        if not self.state.verbatim:
            return
        # Only one may write to the conversation at a time, so that the latest tell enough.
        for response in islice(reversed(self.state.responses.open.values()), _LOOKED_AT):
            # Of one that began before the log nobody knows whether it writes to the conversation.
            beside = response.out_of_band or not response.seen_created
            older = response.seq < event.seq and not beside
            if older and response.id not in self._told and stage_of(response) is self.stage:
                self._told[response.id] = self.stalled(response, event.at)
                yield self.resting_on(self._told[response.id], "response.done")

    def stalled(self, response: Response, at: float) -> Finding:
        """The finding for one response."""
        message = (
            f"every item of {response.id} was done by event {response.last_seq}, but its "
            f"response.done never came: {self.silence(response, at)}"
        )
        evidence = (response.seq, response.last_seq)
        return self.finding(message, at=at, evidence=evidence, subject=response.id)
