"""An item is to follow one that does not exist."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Sender
from rtdebug.rules.held import HeldRule
from rtdebug.rules.visibility import sees

_HEADS = ("", "root")


class UnknownPreviousItemId(HeldRule):
    """Holds the id an item is to follow against all ids that were named."""

    fault = "unknown-previous-item-id"
    roles = ("item.create",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The client creates an item somewhere."""
        previous = text_of(event.payload.get("previous_item_id"))
        if previous is None or previous in _HEADS or not self._knows_all() or not event.whole:
            return NOTHING
        if not self._known(previous):
            message = (
                f"event {event.seq} ({event.type}) is to follow {previous}, an item that nobody "
                "has named before"
            )
            self.hold(message, event, subject=previous)
        return NOTHING

    def _knows_all(self) -> bool:
        state = self.state
        return (
            state.verbatim
            and state.view.from_start
            and state.conversation.complete
            and (not state.view.selective or self._shows_items())
            and sees(state, Sender.SERVER)
        )

    def _shows_items(self) -> bool:
        """Whether the log tells of items at all; somebody may have left them out."""
        return any(one.added_seq is not None for one in self.state.conversation.items.values())

    def _known(self, id_: str) -> bool:
        state = self.state
        if id_ in state.conversation.items or id_ in state.audio.segments:
            return True
        responses = (*state.responses.open.values(), *state.responses.done)
        return any(id_ in response.by_id for response in responses)
