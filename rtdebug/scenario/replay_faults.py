"""Lets the faults of a mock script strike what a recording says, by types and by facts."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any, Protocol

from rtdebug.model.commands import Close, Command, Send
from rtdebug.model.records import Event, Opened, Record, Sender, Undecodable
from rtdebug.packs.facts import facts_of
from rtdebug.packs.pack import Pack
from rtdebug.scenario.mock_faults import Names
from rtdebug.scenario.mock_script import CONNECT, Fail, Hangup, Insert, MockScript, Refuse, Stall
from rtdebug.scenario.responder_outlet import altered, as_text

_ALL = frozenset({"*"})


class Player(Protocol):
    """What plays a recording."""

    @property
    def refuse(self) -> Refuse | None: ...
    @property
    def deadline(self) -> float | None: ...
    def observe(self, record: Record) -> Sequence[Command]: ...
    def advance(self, at: float) -> Sequence[Command]: ...


def names_of(pack: Pack) -> Names:
    """What faults may name in a recording of this pack."""
    said = []
    for sender in Sender:
        types = dict.fromkeys(pack.roles[sender].values())
        rows = pack.life.facts[sender].values() if pack.life is not None else ()
        facts = dict.fromkeys(row.fact for many in rows for row in many if row.fact != "note")
        binary = [pack.binary_facts[sender]] if sender in pack.binary_facts else []
        said.append((*types, *facts, *binary))
    client, server = (said[list(Sender).index(one)] for one in (Sender.CLIENT, Sender.SERVER))
    return Names(server, client, pack.naming.field if not pack.naming.keys else "")


class FaultyPlayer:
    """Plays a recording through faults. What stalls is silent from then on: the scope that the fact
    belongs to, until the client asks for another; all of it where no scope is told."""

    def __init__(self, player: Player, script: MockScript, pack: Pack) -> None:
        self._player = player
        self._script = script
        self._pack = pack
        self._counts: Counter[tuple[Sender, str]] = Counter()
        self._queue: deque[tuple[float, Command]] = deque()
        self._gate = 0.0
        self._silent: frozenset[str] = frozenset()
        self._closed = False

    @property
    def refuse(self) -> Refuse | None:
        """The player's."""
        return self._player.refuse

    @property
    def deadline(self) -> float | None:
        """The player's, or when what is held back may leave."""
        times = [self._player.deadline, self._queue[0][0] if self._queue else None]
        return min((one for one in times if one is not None), default=None)

    def observe(self, record: Record) -> Sequence[Command]:
        """What faults leave of the answer."""
        if isinstance(record, Opened):
            self._strike(Sender.CLIENT, {CONNECT}, record.at)
        elif isinstance(record, Event | Undecodable) and record.sender is Sender.CLIENT:
            said = self._said(record)
            if self._lost(Sender.CLIENT, said):
                return self._take(record.at)
            if said & self._ends_silence():
                self._silent = frozenset()
            self._strike(Sender.CLIENT, said, record.at)
        self._send(self._player.observe(record), record.at)
        return self._take(record.at)

    def advance(self, at: float) -> Sequence[Command]:
        """What is due by now."""
        self._send(self._player.advance(at), at)
        return self._take(at)

    def _take(self, at: float) -> list[Command]:
        due = []
        while self._queue and self._queue[0][0] <= at:
            due.append(self._queue.popleft()[1])
        return due

    def _send(self, commands: Sequence[Command], at: float) -> None:
        for command in commands:
            if isinstance(command, Send):
                self._say(command, at)
            elif not self._silent:
                self._push(command, at)

    def _say(self, command: Send, at: float) -> None:
        payload = _payload(command.data)
        said = self._said_by_server(payload, command.data, at)
        if self._silent == _ALL or said & self._silent or self._lost(Sender.SERVER, said):
            return
        delay = max((self._script.delay.get(one, 0.0) for one in said), default=0.0)
        if delay:
            self._gate = max(self._gate, at) + delay
        for change in self._script.alter:
            if payload is not None and self._meets(change.type, change.nth, Sender.SERVER, said):
                payload = altered(payload, change)
                command = Send(as_text(payload))
        self._push(command, at)
        self._strike(Sender.SERVER, said, at)

    def _strike(self, sender: Sender, said: set[str], at: float) -> None:
        for strike in self._script.strikes:
            cue = strike.cue.on if sender is Sender.CLIENT else strike.cue.after
            if cue is None or not self._meets(cue, strike.cue.nth, sender, said):
                continue
            match strike:
                case Stall():
                    self._silent = self._silenced(said)
                case Hangup():
                    self._push(Close(strike.code, strike.reason, strike.abort), at)
                    self._closed = True
                case Insert():
                    self._push(Send(as_text(strike.event)), at)
                case Fail():
                    pass  # no script of a recording has one
                case raw:
                    self._push(Send(raw.data), at)

    def _push(self, command: Command, at: float) -> None:
        if not self._closed:
            self._queue.append((max(self._gate, at), command))

    # -- names -------------------------------------------------------------------------------

    def _meets(self, name: str, nth: int | None, sender: Sender, said: set[str]) -> bool:
        return name in said and nth in (None, self._counts[sender, name])

    def _lost(self, sender: Sender, said: set[str]) -> bool:
        self._counts.update((sender, one) for one in said)
        return any(self._meets(one.type, one.nth, sender, said) for one in self._script.drop)

    def _said(self, record: Event | Undecodable) -> set[str]:
        if isinstance(record, Undecodable):
            fact = self._pack.binary_facts.get(record.sender)
            return {fact} if fact is not None and isinstance(record.data, bytes) else set()
        life = self._pack.life
        facts = facts_of(life, self._pack.naming, record) if life is not None else ()
        return {record.type, *(one.name for one in facts)}

    def _said_by_server(self, payload: Any, data: str | bytes, at: float) -> set[str]:
        if payload is None:
            return self._said(Undecodable(0, at, Sender.SERVER, data, ""))
        name = self._pack.name_of(payload) or ""
        return self._said(Event(0, at, Sender.SERVER, name, payload))

    def _silenced(self, said: set[str]) -> frozenset[str]:
        for row in self._pack.life.scopes if self._pack.life is not None else ():
            if said & {*row.opens, *row.grows}:
                return frozenset((*row.opens, *row.grows, *row.closes, *row.nearly))
        return _ALL

    def _ends_silence(self) -> set[str]:
        """The asks of the client's that something silenced would answer."""
        calls = self._pack.life.calls if self._pack.life is not None else ()
        return {row.ask for row in calls
                if row.sender is Sender.CLIENT and self._silent.intersection(row.by)}  # fmt: skip


def _payload(data: str | bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(data)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
