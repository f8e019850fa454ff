"""A function call that nobody answers."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import text_of
from rtdebug.engine.rule import NOTHING, ODD_END
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.rules.sent_items import ROLES, outputs_in
from rtdebug.rules.waiting import Awaited, WaitingRule


class ToolOutputMissing(WaitingRule):
    """Waits for the output of every call."""

    name = "tool-output-missing"
    within = 15.0
    awaited = "item.create"
    roles = (*ROLES, ODD_END, "response.created")
    begins = (ODD_END,)  # outputs sent earlier are in the state (Call.answered_seq)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response with calls is done, or an output is sent."""
        if role == "response.done":
            if self.state.finished is not None:
                self._calls(self.state.finished, event)
        elif role == "response.created":
            if not self.state.verbatim:
                self.waits.clear()  # the talk went on: the log only does not show the output
        else:
            for item, _ in outputs_in(event, role):
                self.over(text_of(item.get("call_id")) or "")
        return NOTHING

    def _calls(self, response: Response, event: Event) -> None:
        if response.status != "completed":
            return
        if self.state.verbatim and not response.seen_created:
            return  # the outputs may have been sent before the record begins
        for item in response.output or ():
            call_id = text_of(item.get("call_id"))
            if item.get("type") == "function_call" and call_id and self._open(call_id):
                self.wait(call_id, event)

    def _open(self, call_id: str) -> bool:
        call = self.state.conversation.calls.get(call_id)
        return call is None or call.answered_seq is None

    def holds(self, wait: Awaited) -> bool:
        """Whether it is still unanswered."""
        return self._open(wait.key)

    def overdue(self, wait: Awaited, at: float) -> Iterable[Finding]:
        """Nobody answered."""
        call = self.state.conversation.calls.get(wait.key)
        name = call.name if call is not None and call.name else "a function"
        message = (
            f"the model called {name} ({wait.key}), and the client sent no function_call_output "
            f"for it {self.waited(wait, at)}"
        )
        first = call.seq if call is not None else None
        yield self.finding(message, at=at, evidence=(first, *wait.evidence), subject=wait.key)
