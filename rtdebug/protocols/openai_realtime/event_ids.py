"""Event ids: every event of the server has one of its own (OpenAI Realtime reference)."""

from __future__ import annotations

from rtdebug.engine.breaches import Breaches
from rtdebug.model.records import Event

# Two generations of at most this many: bounded, and no id has to be taken out by itself.
_KEPT = 2000


class EventIds:
    """Remembers the latest ids of events that turn the state; deltas would cost too much.

    ``verbatim``: the record is complete to the letter; elsewhere a line may have been pasted twice.
    """

    __slots__ = ("_breaches", "_older", "_recent", "_verbatim")

    def __init__(self, breaches: Breaches, *, verbatim: bool) -> None:
        self._breaches = breaches
        self._verbatim = verbatim
        self._recent: dict[str, int] = {}
        self._older: dict[str, int] = {}

    def note(self, event: Event) -> None:
        """One event of the server: has its id come before?"""
        id_ = event.payload.get("event_id")
        if id_.__class__ is not str or not id_:
            return
        recent = self._recent
        first = recent.get(id_, self._older.get(id_))
        if first is not None:
            self._twice(event, id_, first)
            return
        recent[id_] = event.seq
        if len(recent) > _KEPT:
            self._older, self._recent = recent, {}

    def _twice(self, event: Event, id_: str, first: int) -> None:
        if self._verbatim and event.whole:
            message = f"{event.type} (event {event.seq}) has the id {id_}, as event {first} has"
            evidence = (first, event.seq)
            self._breaches.add("duplicate-event-id", message, event.at, evidence, id_)
