"""Content of a type that the role of its item does not take."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Sender
from rtdebug.rules.held import HeldRule
from rtdebug.rules.sent_items import ROLES, items_in

_MOST = 20
_CONTENT = r"^(?:/item|/response/input/\d+)/content/\d+/(type|text|\w+_text)$"


class WrongContentTypeForRole(HeldRule):
    """Holds the content of each item against the schema of its role."""

    fault = "wrong-content-type-for-role"
    roles = ROLES
    _seen = 0

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The client sends an item, or a response with items."""
        if not event.whole or self._seen >= _MOST or not any(items_in(event, role)):
            return NOTHING
        kind = self.state.pack.kind(Sender.CLIENT, event.type)
        if kind is None or _is_clean(kind.is_clean, event.payload):
            return NOTHING
        self._seen += 1
        wrong = [one for one in kind.faults(event.payload) if re.match(_CONTENT, one.pointer)]
        if wrong:
            places = "; ".join(
                f"at {one.pointer} ({_role_at(event, one.pointer)}) expected {one.expected}, found "
                f"{one.got}"
                for one in wrong[:3]
            )
            self.hold(f"{event.type} (event {event.seq}): {places}", event)
        return NOTHING


def _is_clean(is_clean: object, payload: object) -> bool:
    try:
        return bool(is_clean(payload)) if callable(is_clean) else True
    except (ValueError, OverflowError, RecursionError):
        return False


def _role_at(event: Event, pointer: str) -> str:
    role = "item.create" if pointer.startswith("/item/") else "response.create"
    for item, where in items_in(event, role):
        if pointer.startswith(f"{where}/"):
            return f"role {item.get('role')}"
    return "no role"
