"""The user interrupts, and the model is not told how much of it was heard."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import text_of
from rtdebug.engine.rule import NOTHING, ODD_END
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.responses import OutputItem, Response
from rtdebug.rules.visibility import is_sideband
from rtdebug.rules.waiting import Awaited, WaitingRule


class BargeInWithoutTruncate(WaitingRule):
    """Waits for a truncation after each interruption."""

    name = "barge-in-without-truncate"
    within = 5.0
    awaited = "item.truncate"
    roles = (ODD_END, "item.truncate", "item.delete")

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """An interruption, or what the client makes of it."""
        if role != "response.done":
            self.over(text_of(event.payload.get("item_id")) or "")
            return NOTHING
        response = self.state.finished
        if response is not None and _interrupted(response) and not is_sideband(self.state):
            item = _spoken(response)
            if item is not None and item.id is not None and self.state.verbatim:
                if not self._truncated(item.id):
                    self.wait(item.id, event, response.seq)
        return NOTHING

    def _truncated(self, item_id: str) -> bool:
        """Whether it was cut before the response was done: clients often are that quick."""
        return any(
            one.role == "item.truncate" and one.subject == item_id
            for one in self.state.requests.recent
        )

    def overdue(self, wait: Awaited, at: float) -> Iterable[Finding]:
        """Nobody said."""
        message = (
            f"audio of {wait.key} had come when the user interrupted, and the client sent no "
            f"{self.state.pack.type(self.awaited)} for it {self.waited(wait, at)}"
        )
        yield self.finding(message, at=at, evidence=wait.evidence, subject=wait.key)


def _interrupted(response: Response) -> bool:
    reason = (response.details or {}).get("reason")
    return response.status == "cancelled" and reason == "turn_detected"


def _spoken(response: Response) -> OutputItem | None:
    """The item the user heard last."""
    spoken = [item for item in response.items if item.stream_deltas("audio")]
    return spoken[-1] if spoken else None
