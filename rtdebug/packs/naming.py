"""How a protocol names its messages: by a field, by the key a message has, or by a path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rtdebug.model.value import EMPTY, Value
from rtdebug.packs.pointers import first_at


class Naming(Value):
    """``field`` is the member that names a message, ``keys`` those that do so by being there, in
    order of weight; ``path`` leads to a name deeper down. ``batch`` is the member in which several
    messages come as one. ``spellings`` maps each way of writing a key to the pack's own; ``proto``:
    all keys have the two spellings of protobuf's JSON."""

    field: str = ""
    path: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    batch: str = ""
    spellings: Mapping[str, str] = EMPTY
    proto: bool = False

    def name(self, payload: Mapping[str, Any]) -> str | None:
        """What a message is called, None where nothing names it."""
        if self.field:
            value = payload.get(self.field)
            if isinstance(value, str):
                return value
        if self.path:
            value = first_at(payload, self.path)
            if isinstance(value, str):
                return value
        if self.batch and isinstance(payload.get(self.batch), list):
            return self.batch
        return self._by_key(payload) if self.keys else None

    def _by_key(self, payload: Mapping[str, Any]) -> str | None:
        there = {self.spellings[key] for key in payload if key in self.spellings}
        if there:
            return next(key for key in self.keys if key in there)
        return None if self.field else next(iter(payload), None)
