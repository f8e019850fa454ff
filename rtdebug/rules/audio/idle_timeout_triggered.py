"""The server took a turn because the user said nothing."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import number_of, object_of, text_of
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.rules.said.saying import SayingRule

_FAULT = "idle-timeout-triggered"


class IdleTimeoutTriggered(SayingRule):
    """Looks for the event itself."""

    roles = ("idle.timeout",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The time ran out."""
        text = self.state.pack.errors.text(_FAULT)
        if text is None:
            return
        id_ = text_of(event.payload.get("item_id"))
        limit = number_of(
            object_of(self.state.settings.get("turn_detection")).get("idle_timeout_ms")
        )
        message = f"the server takes {id_ or 'an empty turn'} for a turn, since nothing was said"
        message += f" for {limit:g} ms" if limit is not None else ""
        yield text.finding(message, at=event.at, evidence=(event.seq,), subject=id_)
