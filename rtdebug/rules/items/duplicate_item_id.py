"""The client uses an item id twice."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of, text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.requests import Request
from rtdebug.rules.held import HeldRule

_RECENT, _MOST = 50, 20_000


class DuplicateItemId(HeldRule):
    """Remembers every id the client chose."""

    fault = "duplicate-item-id"
    roles = ("item.create",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        # Requests that may still be refused, and the numbers of those that were not.
        self._recent: dict[str, Request] = {}
        self._ids: dict[str, int] = {}

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The client creates an item."""
        id_ = text_of(object_of(event.payload.get("item")).get("id"))
        request = self.state.request
        if not id_ or request is None:
            return NOTHING
        first = self._first(id_)
        known = self.state.conversation.items.get(id_)
        gone = known is not None and known.deleted
        if first is not None and not gone:
            message = f"event {event.seq} ({event.type}) uses the id {id_} of event {first} again"
            self.hold(message, event, first, subject=id_)
        self._recent[id_] = request
        if len(self._recent) > _RECENT:
            self._settle(next(iter(self._recent)))
        return NOTHING

    def _first(self, id_: str) -> int | None:
        request = self._recent.get(id_)
        if request is None or request.refused is not None:
            return self._ids.get(id_)
        return request.seq

    def _settle(self, id_: str) -> None:
        request = self._recent.pop(id_)
        if request.refused is None and len(self._ids) < _MOST:
            self._ids[id_] = request.seq
