"""The client uses an item id twice.

What it finds
    Two ``conversation.item.create`` with the same ``item.id``, the first of which was not refused.
Why it matters
    The second item is refused: what the user said in the second turn never reaches the model.
Example
    > conversation.item.create {"item": {"id": "msg-1", ...}}
    > conversation.item.create {"item": {"id": "msg-1", ...}}
What to do
    Give every item a fresh id, or none: the server then chooses one.
Source
    OpenAI answers with item_create_duplicate_item_id (public recordings).
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of, text_of
from rtdebug.engine.requests import Request
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.rules.held import HeldRule

_MOST = 20_000


class DuplicateItemId(HeldRule):
    """Remembers every id the client chose."""

    fault = "duplicate-item-id"
    roles = ("item.create",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self._ids: dict[str, Request] = {}

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The client creates an item."""
        id_ = text_of(object_of(event.payload.get("item")).get("id"))
        request = self.state.request
        if not id_ or request is None:
            return NOTHING
        first = self._ids.get(id_)
        known = self.state.conversation.items.get(id_)
        gone = known is not None and known.deleted
        if first is not None and first.refused is None and not gone:
            message = (
                f"event {event.seq} ({event.type}) uses the id {id_} of event {first.seq} again"
            )
            self.hold(message, event, first.seq, subject=id_)
        if len(self._ids) < _MOST:
            self._ids[id_] = request
        return NOTHING
