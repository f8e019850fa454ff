"""The output of a function without the id of its call."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.rules.held import HeldRule
from rtdebug.rules.sent_items import ROLES, outputs_in


class ToolCallIdMissing(HeldRule):
    """Looks at every output of a function."""

    fault = "tool-call-id-missing"
    roles = ROLES

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The client sends an output."""
        if not event.whole:
            return NOTHING
        for item, pointer in outputs_in(event, role):
            if not item.get("call_id"):
                message = (
                    f"event {event.seq} ({event.type}) has a function_call_output at {pointer} "
                    "without call_id"
                )
                self.hold(message, event)
        return NOTHING
