"""A second session on one connection."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of, text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.rule import Rule


class SessionRecreated(Rule):
    """Looks at every session.created but the first."""

    name = "session-recreated"
    roles = ("session.created",)

    _first: str | None = None

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A session begins."""
        first = self.state.settings.created_seq
        id_ = text_of(object_of(event.payload.get("session")).get("id"))
        if first is None or first == event.seq:
            self._first = id_
            return NOTHING
        if not self.state.verbatim:
            return NOTHING
        same = "the same session again" if id_ == self._first else f"a new session ({id_})"
        message = f"event {event.seq} begins {same}; event {first} had begun {self._first}"
        return (self.finding(message, at=event.at, evidence=(first, event.seq), subject=id_),)
