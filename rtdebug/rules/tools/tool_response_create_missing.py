"""The output of a function was sent, and nobody asked for the answer."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of, text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.requests import Request
from rtdebug.rules.announced import may_wait
from rtdebug.rules.visibility import has
from rtdebug.rules.waiting import Awaited, WaitingRule

_KEY = "response"


class ToolResponseCreateMissing(WaitingRule):
    """Waits for a response after the last output."""

    name = "tool-response-create-missing"
    within = 5.0
    awaited = "response.create"
    roles = ("item.create", "response.create", "response.created", "response.done",
             "speech.started")  # fmt: skip

    _output: Request | None = None

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """An output begins the wait; a response, a request for one, or speech ends it."""
        if role == "item.create":
            item = object_of(event.payload.get("item"))
            if item.get("type") == "function_call_output":
                self._output = self.state.request
                self._begin(event)
        elif role == "response.done":
            if self._output is not None:
                self._begin(event)
        elif self._output is not None or self.waits:
            self._output = None
            self.over(_KEY)
        return NOTHING

    def _begin(self, event: Event) -> None:
        """The wait begins when all calls are answered and no response is open any more."""
        output, state = self._output, self.state
        if output is None or not has(state, self.awaited):
            return
        if any(not response.out_of_band for response in state.responses.open.values()):
            return
        if not self._others_open(output) and not self._is_spoken_to():
            self.wait(_KEY, event, output.seq)

    def _others_open(self, output: Request) -> bool:
        """Whether a call of the same response still lacks its output."""
        calls = self.state.conversation.calls
        call = calls.get(text_of(object_of(output.payload.get("item")).get("call_id")) or "")
        if call is None or call.response_id is None:
            return False
        return any(
            one.answered_seq is None
            for one in calls.values()
            if one.response_id == call.response_id
        )

    def _is_spoken_to(self) -> bool:
        segment = self.state.audio.segment
        return segment is not None and segment.stopped_seq is None and not segment.committed_seq

    def holds(self, wait: Awaited) -> bool:
        """An output that was refused is another fault, and so is one that was never announced to a
        client which waits for that."""
        output = self._output
        return (
            output is not None and output.refused is None and not may_wait(self.state, output.seq)
        )

    def overdue(self, wait: Awaited, at: float) -> Iterable[Finding]:
        """Nobody asked."""
        output, self._output = self._output, None
        seq = output.seq if output is not None else None
        call_id = object_of(output.payload.get("item")).get("call_id") if output else None
        message = (
            f"event {seq} sent the output of {text_of(call_id) or 'a call'}, but the client never "
            f"sent {self.state.pack.type(self.awaited)} {self.waited(wait, at)}"
        )
        yield self.finding(message, at=at, evidence=wait.evidence, subject=text_of(call_id))
