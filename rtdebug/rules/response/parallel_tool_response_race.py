"""Several calls of one response, each answered with a response.create of its own."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.error_names import names_of
from rtdebug.rules.sent_items import outputs_in

_CONFLICT = "active-response-conflict"


class ParallelToolResponseRace(Rule):
    """Follows the outputs of a response with several calls."""

    name = "parallel-tool-response-race"
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
