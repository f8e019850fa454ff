"""The items a client sends: alone, or as the input of one response."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rtdebug.engine.fields import object_of
from rtdebug.model.records import Event

Sent = tuple[dict[str, Any], str]
"""An item and the JSON pointer to it."""

ROLES = ("item.create", "response.create")


def items_in(event: Event, role: str) -> Iterator[Sent]:
    """Every item in an event of one of ``ROLES``."""
    if role == "item.create":
        item = event.payload.get("item")
        if isinstance(item, dict):
            yield item, "/item"
        return
    items = object_of(event.payload.get("response")).get("input")
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield item, f"/response/input/{index}"


def outputs_in(event: Event, role: str) -> Iterator[Sent]:
    """Every output of a function in an event of one of ``ROLES``."""
    for item, pointer in items_in(event, role):
        if item.get("type") == "function_call_output":
            yield item, pointer
