"""Several calls of one response, each answered with a response.create of its own.

What it finds
    A response with two or more function calls, a ``response.create`` after each output, and the
    error that refuses the second.
Why it matters
    One of the results never gets a spoken answer, or the model answers with half of them.
Example
    < response.done, output [function_call a, function_call b]
    > function_call_output a, > response.create
    > function_call_output b, > response.create
    < error conversation_already_has_active_response
What to do
    Send all outputs first, then one ``response.create``.
Source
    openai/openai-agents-python#3405, #1168, #1912.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Finding
from rtdebug.model.records import Event
from rtdebug.rules.error_names import names_of
from rtdebug.rules.sent_items import outputs_in

_CONFLICT = "active-response-conflict"


class ParallelToolResponseRace(Rule):
    """Follows the outputs of a response with several calls."""

    name = "parallel-tool-response-race"
    title = "Each of several tool outputs was followed by its own response.create"
    causes = (
        Cause("the client handles each call by itself, output and response.create together",
              "likely", "look for response.create inside the handler of one call"),
        Cause("a framework does so for tools that run at the same time", "possible",
              "make the tools run one after the other: the error goes away"),
    )  # fmt: skip
    fix = (
        "Count the calls of the response, send an output for each, and after the last one a single "
        "response.create."
    )
    roles = ("response.done", "item.create", "response.create", "error")

    _calls = 0
    _done_seq: int | None = None

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._outputs: list[int] = []
        self._creates: list[int] = []

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response with calls, an output, a request for a response, or the error."""
        if role == "response.done":
            self._finished(event)
        elif role == "item.create":
            self._outputs.extend(event.seq for _ in outputs_in(event, role))
        elif role == "response.create":
            if self._outputs:
                self._creates.append(event.seq)
        elif _CONFLICT in names_of(self.state, event):
            return self._conflict(event)
        return NOTHING

    def _finished(self, event: Event) -> None:
        """Counts begin anew with the calls of a response, and end with one that has none. Outputs
        that were sent before its response.done stay counted."""
        response = self.state.finished
        if not (self._calls or self._outputs) and (response is None or response.smooth):
            return
        output = response.output if response is not None else None
        calls = sum(one.get("type") == "function_call" for one in output or ())
        if not calls and response is not None and not response.out_of_band:
            self._calls, self._outputs, self._creates = 0, [], []
        if calls:
            self._calls, self._done_seq = calls, event.seq
            first = response.seq if response is not None else event.seq
            self._outputs = [seq for seq in self._outputs if seq > first]
            self._creates = [seq for seq in self._creates if seq > first]

    def _conflict(self, event: Event) -> Iterable[Finding]:
        if self._calls < 2 or len(self._creates) < 2 or len(self._outputs) < 2:
            return
        message = (
            f"a response with {self._calls} function calls (event {self._done_seq}) was answered "
            f"with {len(self._outputs)} outputs and {len(self._creates)} response.create (events "
            f"{', '.join(map(str, self._creates[:6]))}); the server refused one with event "
            f"{event.seq}"
        )
        evidence = (self._done_seq, *self._creates[:4], event.seq)
        self._calls, self._outputs, self._creates = 0, [], []
        yield self.finding(message, at=event.at, evidence=evidence)
