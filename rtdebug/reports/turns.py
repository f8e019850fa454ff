"""The turns of one connection: who asked, when the first of it came, how it ended.

Where a protocol has responses these are the turns; in others what its pack calls the scope of a
turn. What was asked for and never begun is a turn too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from rtdebug.model.records import Event, Sender
from rtdebug.packs.facts import facts_of
from rtdebug.packs.lifecycle import Scope
from rtdebug.packs.pack import Pack
from rtdebug.packs.pointers import first_at

_FIRST, _LAST, _WAITING = 500, 1500, 200
_HEARD = frozenset({"speech.stopped", "audio.committed", "idle.timeout"})


class Turn:
    """One turn; a moment is the number of an event and its time."""

    __slots__ = ("asked", "asked_by", "begun", "end", "first", "how", "id", "last")

    def __init__(self, asked: tuple[int, float] | None, asked_by: str) -> None:
        self.asked, self.asked_by = asked, asked_by
        self.begun: tuple[int, float] | None = None
        self.first: tuple[int, float] | None = None
        self.end: tuple[int, float] | None = None
        self.last = asked
        self.how = self.id = ""

    @property
    def events(self) -> tuple[int, int]:
        """The numbers of its first and its latest event."""
        first = self.asked or self.begun or (0, 0.0)
        return first[0], (self.last or first)[0]

    def fields(self) -> dict[str, Any]:
        """As the page takes it."""
        return {name: getattr(self, name) for name in self.__slots__}


class Turns:
    """Follows one connection, event by event, and judges nothing; ``heard_of`` gets each turn when
    it begins."""

    def __init__(self, pack: Pack, heard_of: Callable[[Turn], None] | None = None) -> None:
        self._pack = pack
        self._heard_of = heard_of
        self._first: list[Turn] = []
        self._last: deque[Turn] = deque(maxlen=_LAST)
        self._asked: deque[Turn] = deque(maxlen=_WAITING)
        self._open: dict[str, Turn] = {}
        self._heard: tuple[int, float] | None = None
        scopes = pack.life.scopes if pack.life is not None else ()
        self._scope = next((one for one in scopes if one.name == "turn"), None)

    def observe(self, event: Event, role: str) -> Turn | None:
        """One event, in order; the turn that it ends."""
        if self._scope is not None:
            return self._by_facts(event, self._scope)
        return self._by_role(event, role) if role else None

    def fields(self) -> list[dict[str, Any]]:
        """All turns as the page takes them."""
        return [turn.fields() for turn in (*self._first, *self._last)]

    def _by_role(self, event: Event, role: str) -> Turn | None:
        moment = (event.seq, event.at)
        if role == "response.create" and event.sender is Sender.CLIENT:
            self._asked.append(self._new(moment, "client"))
        elif role in _HEARD:
            self._heard = moment
        elif role == "response.created":
            turn = self._asked.popleft() if self._asked else self._new(self._heard, "server")
            turn.begun = turn.last = moment
            turn.id = _text(first_at(event.payload, ("response", "id")))
            self._keep_open(turn)
        elif role == "response.done":
            return self._done(event, moment)
        else:
            turn_id = event.payload.get("response_id")
            known = self._open.get(turn_id) if isinstance(turn_id, str) else None
            if known is not None:
                known.last = moment
                if known.first is None and role.endswith(".delta"):
                    known.first = moment
        return None

    def _done(self, event: Event, moment: tuple[int, float]) -> Turn | None:
        turn = self._open.pop(_text(first_at(event.payload, ("response", "id"))), None)
        if turn is not None:
            turn.end = turn.last = moment
            turn.how = _text(first_at(event.payload, ("response", "status")))
        return turn

    def _by_facts(self, event: Event, scope: Scope) -> Turn | None:
        assert self._pack.life is not None
        moment, ended = (event.seq, event.at), None
        for fact in facts_of(self._pack.life, self._pack.naming, event):
            turn = self._open.get("")
            if fact.name in scope.resets and event.sender is Sender.CLIENT:
                self._asked.append(self._new(moment, "client"))
            elif fact.name in scope.opens or fact.name in scope.grows:
                self._grow(turn, moment, event.sender)
            elif turn is not None and fact.name in scope.closes:
                turn.end = turn.last = moment
                turn.how = turn.how or "completed"
                ended = self._open.pop("")
            elif turn is not None and fact.name in scope.breaks:
                turn.how, turn.last = fact.name.removeprefix("turn."), moment
        return ended

    def _grow(self, turn: Turn | None, moment: tuple[int, float], sender: Sender) -> None:
        if turn is None and sender is Sender.SERVER:
            turn = self._asked.pop() if self._asked else self._new(None, "server")
            self._asked.clear()
            turn.begun = turn.first = moment
            self._keep_open(turn)
        if turn is not None:
            turn.last = moment

    def _new(self, asked: tuple[int, float] | None, by: str) -> Turn:
        turn = Turn(asked, by)
        (self._first if len(self._first) < _FIRST else self._last).append(turn)
        if self._heard_of is not None:
            self._heard_of(turn)
        return turn

    def _keep_open(self, turn: Turn) -> None:
        self._open[turn.id] = turn
        if len(self._open) > _WAITING:
            del self._open[next(iter(self._open))]


def _text(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""
