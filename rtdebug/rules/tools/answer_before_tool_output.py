"""The model answers before it has the result of its tool."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from rtdebug.engine.rule import NOTHING, ODD_END
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.protocols.openai_realtime.rule import Rule


class AnswerBeforeToolOutput(Rule):
    """Looks at responses with calls, and at responses that begin with calls open."""

    name = "answer-before-tool-output"
    roles = (ODD_END, "response.created")
    begins = (ODD_END,)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response begins or ends."""
        if role == "response.done":
            response = self.state.finished
            if response is None or response.status != "completed":
                return NOTHING
            return self._spoke(response, event)
        return self._began(event) if self.state.conversation.calls else NOTHING

    def _spoke(self, response: Response, event: Event) -> Iterable[Finding]:
        output = response.output or []
        if len(output) < 2:
            return
        call = next((one for one in output if one.get("type") == "function_call"), None)
        spoken = next(
            (one for one in output if one.get("type") == "message" and one.get("content")), None
        )
        if call is not None and spoken is not None:
            message = (
                f"{response.id} holds a message ({spoken.get('id')}) and a call of "
                f"{call.get('name')}: the message was made without the result"
            )
            yield self.finding(
                message, at=event.at, evidence=(response.seq, event.seq), subject=response.id
            )

    def _began(self, event: Event) -> Iterable[Finding]:
        calls = self.state.conversation.calls
        response = self.state.responses.latest
        if response is None or response.seq != event.seq or response.out_of_band:
            return
        for call in islice(reversed(calls.values()), 20):
            ended = call.response_id in self.state.responses.finished
            if call.answered_seq is None and ended and self._outputs_logged():
                message = f"{response.id} began while the call {call.call_id} had no output yet"
                yield self.finding(
                    message, at=event.at, evidence=(call.seq, event.seq), subject=response.id
                )
                return

    def _outputs_logged(self) -> bool:
        return self.state.verbatim and self.state.requests.counts.get("item.create", 0) > 0
