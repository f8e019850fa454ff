"""Arguments of a function call that are no JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import orjson

from rtdebug.engine.fields import object_of, text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.rule import Rule

_MOST = 1000


class ToolArgumentsInvalidJson(Rule):
    """Parses the arguments of every call."""

    name = "tool-arguments-invalid-json"
    roles = ("arguments.done", "output_item.done", "response.done")

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told: set[str] = set()
        self._incomplete: dict[str, tuple[str, Event]] = {}

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Arguments, a call or a response is done."""
        if not event.whole:
            return NOTHING
        if role == "arguments.done":
            id_ = text_of(event.payload.get("item_id")) or f"event {event.seq}"
            return self._parse(event.payload.get("arguments"), id_, event)
        if role == "output_item.done":
            return self._item(object_of(event.payload.get("item")), event)
        return self._response(event) if self._incomplete else NOTHING

    def _item(self, item: dict[str, Any], event: Event) -> Iterable[Finding]:
        if item.get("type") != "function_call":
            return NOTHING
        id_ = text_of(item.get("id")) or f"event {event.seq}"
        if item.get("status") == "incomplete":
            response = text_of(event.payload.get("response_id")) or ""
            self._incomplete[id_] = (response, event)
            return NOTHING
        return self._parse(item.get("arguments"), id_, event)

    def _parse(self, arguments: object, id_: str, event: Event) -> Iterable[Finding]:
        if not isinstance(arguments, str) or id_ in self._told or id_ in self._incomplete:
            return
        why = _flaw(arguments)
        if why and len(arguments) < 1 << 20:
            self._incomplete[id_] = (text_of(event.payload.get("response_id")) or "", event)
            if self._is_last_word(event):
                yield from self._found(id_, self._incomplete.pop(id_)[1], why, cancelled=False)

    def _is_last_word(self, event: Event) -> bool:
        """Whether nothing more can be learnt of the call: its response is not known to be open."""
        return text_of(event.payload.get("response_id")) not in self.state.responses.open

    def _response(self, event: Event) -> Iterable[Finding]:
        response = self.state.finished
        if response is None:
            return
        for id_, (owner, seen) in list(self._incomplete.items()):
            if owner in ("", response.id):
                del self._incomplete[id_]
                cancelled = response.status == "cancelled"
                yield from self._found(id_, seen, "", cancelled=cancelled)

    def finished(self) -> Iterable[Finding]:
        """Calls of responses that never ended."""
        for id_, (_, seen) in self._incomplete.items():
            yield from self._found(id_, seen, "", cancelled=False)

    def _found(self, id_: str, seen: Event, why: str, *, cancelled: bool) -> Iterable[Finding]:
        if id_ in self._told or len(self._told) >= _MOST:
            return
        self._told.add(id_)
        item = object_of(seen.payload.get("item"))
        arguments = text_of(seen.payload.get("arguments")) or text_of(item.get("arguments")) or ""
        why = why or _flaw(arguments)
        message = f"the arguments of {id_} (event {seen.seq}, {len(arguments)} characters) "
        message += f"do not parse: {why}" if why else "are JSON, but the call ended incomplete"
        if cancelled:
            message += "; its response was cancelled, so the call was cut off and is not to be run"
        yield self.finding(
            message, at=seen.at, evidence=(seen.seq,), subject=id_,
            severity=Severity.INFO if cancelled else None,
        )  # fmt: skip


def _flaw(arguments: str) -> str:
    """What is wrong with it as JSON, in words; empty where nothing is."""
    try:
        orjson.loads(arguments)
    except ValueError:
        pass
    else:
        return ""
    try:
        json.loads(arguments)
    except (ValueError, RecursionError) as error:
        what = getattr(error, "msg", "it is nested too deeply").removesuffix(" starting at")
        return f"{what[:1].lower()}{what[1:]} at character {getattr(error, 'pos', 0)}"
    return ""
