"""The model answers before it has the result of its tool.

What it finds
    A response that holds speech or text *and* a function call, or a response that begins while a
    call of an earlier one has no output.
Why it matters
    What is said then is said without the result: often only "one moment", sometimes a guess.
Example
    < response.done, output [message "It is sunny", function_call get_weather]
What to do
    If it guesses, say in the instructions that it must not state results before the tool has
    answered. A short preamble is normal with newer models.
Source
    openai/openai-realtime-api-beta#49; community.openai.com/t/1172573; livekit/agents#5684.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from rtdebug.engine.responses import Response
from rtdebug.engine.rule import NOTHING, ODD_END, Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event


class AnswerBeforeToolOutput(Rule):
    """Looks at responses with calls, and at responses that begin with calls open."""

    name = "answer-before-tool-output"
    severity = Severity.INFO
    certainty = Certainty.MEDIUM
    title = "The model spoke before the output of its tool was there"
    causes = (
        Cause("a preamble, as newer models give it", "likely",
              "read it: does it state a result, or only that it is looking?"),
        Cause("the client asked for a response before it sent the output", "possible",
              "compare the order of response.create and function_call_output"),
        Cause("the user spoke again before the tool had answered", "possible",
              "look for speech_started between the call and the response"),
    )  # fmt: skip
    fix = (
        "Nothing, if it is a preamble. Otherwise send the output first, then response.create, and "
        "forbid guesses in the instructions."
    )
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
