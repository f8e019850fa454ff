"""Answers function calls by itself: an output for each call of a finished response, then one new
response (openai realtime reference: function calling)."""

from __future__ import annotations

import json
from typing import Any

from rtdebug.model.records import Event
from rtdebug.scenario.document import Scenario
from rtdebug.scenario.stage import Stage, StepEnd, StepFault
from rtdebug.scenario.substitution import part_of
from rtdebug.spelling import did_you_mean


class ToolAnswers:
    """The ``tools`` of a scenario at work."""

    def __init__(self, scenario: Scenario, stage: Stage) -> None:
        self._tools = scenario.tools
        self._head = scenario.tools_head
        self._stage = stage
        self._answered: dict[str, int] = {}

    def observe(self, event: Event) -> None:
        """Answer the calls of a finished response; StepFault for a function nobody answers."""
        roles = self._stage.words.roles
        if self._head is None or event.type != roles.get("response.done"):
            return
        calls = _calls(event.payload)
        if not calls:
            return
        outputs = [self._output(call, event) for call in calls]
        for call, output in zip(calls, outputs, strict=True):
            item = {"type": "function_call_output", "call_id": call["call_id"], "output": output}
            self._stage.send({"type": roles["item.create"], "item": item}, self._head)
            self._answered[call["name"]] = self._answered.get(call["name"], 0) + 1
        self._stage.send({"type": roles["response.create"]}, self._head)

    def verdict(self) -> StepEnd:
        """How it went, when nothing went wrong."""
        if not self._answered:
            return StepEnd(True, "no function was called")
        counts = (f"{name} x{n}" if n > 1 else name for name, n in self._answered.items())
        return StepEnd(True, f"answered {', '.join(counts)}")

    def _output(self, call: dict[str, Any], event: Event) -> str:
        name = call["name"]
        if name not in self._tools:
            hint = did_you_mean(name, self._tools)
            raise StepFault(
                f"The model called '{name}' (#{event.seq}), which tools does not answer; {hint}",
                (event.seq,),
            )
        arguments = _arguments(call.get("arguments"))
        output = self._stage.resolve(self._tools[name].output, {"arguments": arguments})
        return output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)


def _calls(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The complete function calls of a response that completed."""
    if part_of(payload, ("response", "status")) != "completed":
        return []
    output = part_of(payload, ("response", "output"))
    return [
        item
        for item in (output if isinstance(output, list) else ())
        if isinstance(item, dict)
        and item.get("type") == "function_call"
        and isinstance(item.get("call_id"), str)
        and isinstance(item.get("name"), str)
    ]


def _arguments(text: object) -> Any:
    """The arguments of a call; a text that is no JSON stays text."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
