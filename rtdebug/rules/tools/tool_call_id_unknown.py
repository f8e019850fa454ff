"""The output of a function for a call that does not exist."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Sender
from rtdebug.protocols.openai_realtime.realtime_state import RealtimeState
from rtdebug.protocols.openai_realtime.responses import OutputItem
from rtdebug.rules.held import HeldRule
from rtdebug.rules.sent_items import ROLES, items_in, outputs_in
from rtdebug.rules.visibility import sees


class ToolCallIdUnknown(HeldRule):
    """Holds every output against the calls that were made."""

    fault = "tool-call-id-unknown"
    roles = (*ROLES, "arguments.done")

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self._known: set[str] = set()

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A call of the model, or an item of the client."""
        if role == "arguments.done":
            self._know(event.payload.get("call_id"))
            return NOTHING
        items = [item for item, _ in items_in(event, role)]
        for item, pointer in outputs_in(event, role):
            call_id = item.get("call_id")
            if isinstance(call_id, str) and call_id:
                why = self._unknown(call_id, items, role)
                if why:
                    message = (
                        f"event {event.seq} ({event.type}) answers {call_id} at {pointer}, {why}"
                    )
                    self.hold(message, event, subject=call_id)
        for item in items if role == "item.create" else ():
            if item.get("type") == "function_call":
                self._know(item.get("call_id"))
        return NOTHING

    def _know(self, call_id: object) -> None:
        if isinstance(call_id, str) and len(self._known) < 20_000:
            self._known.add(call_id)

    def _unknown(self, call_id: str, items: list[dict[str, object]], role: str) -> str:
        if role == "response.create":
            # An item_reference may stand for the call; which one it is cannot be read here.
            beside = any(
                one.get("type") == "item_reference" or _is_call(one, call_id) for one in items
            )
            return "" if beside else "but the call itself is not in the same input"
        state = self.state
        if not _knows_all(state) or call_id in self._known or call_id in state.conversation.calls:
            return ""
        if state.view.selective and not (self._known or state.conversation.calls):
            return ""  # a log that shows no call at all may leave them out
        if any(call_id == item.call_id for item in _open_items(state)):
            return ""
        if call_id in state.conversation.items:
            return "which is the id of an item, not the call_id of a call"
        return "a call that nobody made in this session"


def _is_call(item: dict[str, object], call_id: str) -> bool:
    return item.get("type") == "function_call" and item.get("call_id") == call_id


def _knows_all(state: RealtimeState) -> bool:
    return state.verbatim and state.view.from_start and sees(state, Sender.SERVER)


def _open_items(state: RealtimeState) -> Iterable[OutputItem]:
    return [item for one in state.responses.open.values() for item in one.items]
