"""The output of a function that is no text."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.packs.violations import describe
from rtdebug.rules.held import HeldRule
from rtdebug.rules.sent_items import ROLES, outputs_in


class ToolOutputNotString(HeldRule):
    """Looks at every output of a function."""

    fault = "tool-output-not-string"
    roles = ROLES

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The client sends an output."""
        for item, pointer in outputs_in(event, role):
            output = item.get("output")
            if output is not None and not isinstance(output, str):
                message = (
                    f"event {event.seq} ({event.type}) has {describe(output)} at {pointer}/output "
                    "where text is expected"
                )
                call_id = item.get("call_id")
                self.hold(message, event, subject=call_id if isinstance(call_id, str) else None)
        return NOTHING
