"""Everything came but response.done."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.rules.response.silence import HowFar, SilentResponse, stage_of

_LOOKED_AT = 20


class ResponseDoneMissing(SilentResponse):
    """Watches responses that have all but their end."""

    name = "response-done-missing"
    stage = HowFar.ALL_BUT_DONE

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
