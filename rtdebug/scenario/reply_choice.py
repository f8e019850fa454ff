"""Which reply a response gets: the first whose condition fits what was asked, else the next of
those without one; a script that has none left to say leaves it to good sense."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rtdebug.model.value import Value, replace
from rtdebug.scenario.fitting_call import Schema, arguments_for, fitting
from rtdebug.scenario.matching import Pattern, compare
from rtdebug.scenario.mock_script import HEARD, Reply, Say, ScriptedCall, When
from rtdebug.scenario.substitution import MISSING

_HELLO = Reply((Say("Hello! How can I help you today?"),))
_FOUND = "Here is what I found: {}."
_MOST = 300  # characters of a tool's output in the sentence about it


class Asked(Value):
    """What a response is to answer: the ``turn`` it is (from 1), what the user said and what a
    function returned since the last answer (None for nothing), and what may be called."""

    turn: int = 1
    text: str | None = None
    output: str | None = None
    tools: Sequence[Schema] = ()
    tool_choice: Any = "auto"


class Replies:
    """What one session is answered, response by response."""

    def __init__(self, script: Sequence[Reply]) -> None:
        self._conditional = [reply for reply in script if reply.when is not None]
        self._in_turn = [reply for reply in script if reply.when is None]
        self._given = 0

    def next(self, heard: Asked) -> Reply:
        """The reply, with nothing left open in it."""
        reply = self._next(heard)
        return replace(reply, outputs=tuple(_said(one, heard) for one in reply.outputs))

    def _next(self, heard: Asked) -> Reply:
        for reply in self._conditional:
            if reply.when is not None and _fits(reply.when, heard):
                return reply
        if not self._in_turn:
            return sensible(heard)
        self._given += 1
        return self._in_turn[min(self._given, len(self._in_turn)) - 1]


def _fits(when: When, heard: Asked) -> bool:
    asked: tuple[tuple[Pattern | None, Any], ...] = (
        (when.text, heard.text),
        (when.output, heard.output),
        (when.turn, heard.turn),
    )
    return all(
        pattern is None or compare(pattern, MISSING if seen is None else seen).matched
        for pattern, seen in asked
    )


def sensible(heard: Asked) -> Reply:
    """What a server without a script says: it tells what a function returned, calls the function
    that a question is for, or says hello."""
    if heard.output is not None:
        return Reply((Say(_FOUND.format(_short(heard.output))),))
    tool = _wanted(heard)
    return Reply((_call(tool, heard),)) if tool is not None else _HELLO


def _wanted(heard: Asked) -> Schema | None:
    choice = heard.tool_choice
    if choice == "none" or not heard.tools:
        return None
    if isinstance(choice, Mapping):
        named = (tool for tool in heard.tools if tool["name"] == choice.get("name"))
        return next(named, None)
    found = fitting(heard.tools, heard.text or "")
    return found or (heard.tools[0] if choice == "required" else None)


def _short(text: str) -> str:
    text = text.strip().removesuffix(".")
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def _call(tool: Schema, heard: Asked) -> ScriptedCall:
    made = arguments_for(tool, heard.text or "")
    return ScriptedCall(tool["name"], json.dumps(made, ensure_ascii=False, separators=(",", ":")))


def _said(output: Say | ScriptedCall, heard: Asked) -> Say | ScriptedCall:
    """A message with what was heard in it, a call with its name and its arguments."""
    if isinstance(output, Say):
        return replace(output, text=_filled(output.text, heard))
    if output.name is None:
        if not heard.tools:
            return _HELLO.outputs[0]  # there is no first function
        tool: Schema | None = heard.tools[0]
    else:
        tool = next((one for one in heard.tools if one["name"] == output.name), None)
    name = tool["name"] if tool is not None else output.name
    if output.arguments is not None:
        return ScriptedCall(name, _filled(output.arguments, heard))
    return _call(tool, heard) if tool is not None else ScriptedCall(name, "{}")


def _filled(text: str, heard: Asked) -> str:
    def value(found: Any) -> str:
        seen = getattr(heard, found[1])
        return "" if seen is None else str(seen)

    return HEARD.sub(value, text) if "${" in text else text
