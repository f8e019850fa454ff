"""The one way out of the scripted server: numbers its events and lets the script's faults strike.

What is held back holds back all behind it, so the order of events is the order they were made in.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from copy import deepcopy
from typing import Any

from rtdebug.model.commands import Close, Command, Send
from rtdebug.scenario.mock_script import (
    Alter,
    Fail,
    Hangup,
    Insert,
    Json,
    MockScript,
    Raw,
    Stall,
    Strike,
)
from rtdebug.scenario.responder_names import ERROR, Ids


class ServerOutlet:
    """Where every event of the server leaves. ``gate`` is when the next one may, ``closed`` says
    that none will any more."""

    def __init__(self, script: MockScript, ids: Ids) -> None:
        self._script = script
        self._ids = ids
        self._queue: deque[tuple[float, Command]] = deque()
        self._sent: Counter[str] = Counter()
        self._heard: Counter[str] = Counter()
        self.gate = 0.0
        self.closed = False

    @property
    def deadline(self) -> float | None:
        """When the first thing held back is due."""
        return self._queue[0][0] if self._queue else None

    def take(self, at: float) -> list[Command]:
        """What is due by then, in order."""
        due: list[Command] = []
        while self._queue and self._queue[0][0] <= at:
            due.append(self._queue.popleft()[1])
        return due

    def stop(self) -> None:
        """Nothing leaves any more."""
        self._queue.clear()
        self.closed = True

    def send(self, event: Json, at: float) -> list[Stall]:
        """Sends one event; returns the stalls that strike after it."""
        strikes = self._emit(event, at)
        return [stall for strike in strikes for stall in self._strike(strike, at, None)]

    def close(self, command: Close, at: float) -> None:
        """Closes after all that was sent before."""
        if not self.closed:
            self._push(command, at)
            self.closed = True

    def fail(self, error: Json, at: float, event_id: str | None) -> list[Stall]:
        """Sends an error event about a client event."""
        return self.send({"type": ERROR, "error": {"event_id": event_id, **error}}, at)

    def receive(self, type_: str, at: float, event_id: str | None = None) -> bool:
        """Lets faults strike on a client event or ``connect``; False when that is all that comes
        of it."""
        self._heard[type_] += 1
        count = self._heard[type_]
        if self._dropped(type_, count):
            return False
        answered = False
        for strike in self._script.strikes:
            if strike.cue.meets(type_, count, from_client=True):
                self._strike(strike, at, event_id)
                answered = answered or isinstance(strike, Fail | Hangup)
        return not answered

    def _emit(self, event: Json, at: float) -> list[Strike]:
        """Puts an event on its way; returns what strikes after it."""
        if self.closed:
            return []
        type_ = str(event.get("type"))
        self._sent[type_] += 1
        count = self._sent[type_]
        if self._dropped(type_, count):
            return []
        delay = self._script.delay.get(type_)
        if delay:
            self.gate = max(self.gate, at) + delay
        numbered = {"type": type_, "event_id": self._ids.next("event"), **event}
        for change in self._script.alter:
            if change.type == type_ and change.nth in (None, count):
                numbered = altered(numbered, change)
        self._push(Send(as_text(numbered)), at)
        return [
            strike
            for strike in self._script.strikes
            if strike.cue.meets(type_, count, from_client=False)
        ]

    def _strike(self, strike: Strike, at: float, event_id: str | None) -> list[Stall]:
        """What a strike sends is itself struck by stalls and closes only: no chain is endless."""
        match strike:
            case Stall():
                return [strike]
            case Hangup():
                self.close(Close(strike.code, strike.reason, strike.abort), at)
                return []
            case Raw():
                self._push(Send(strike.data), at)
                return []
            case Fail():
                event: Json = {"type": ERROR, "error": {"event_id": event_id, **strike.error}}
            case Insert():
                event = strike.event
        return [
            stall
            for inner in self._emit(event, at)
            if isinstance(inner, Stall | Hangup)
            for stall in self._strike(inner, at, None)
        ]

    def _dropped(self, type_: str, count: int) -> bool:
        return any(drop.type == type_ and drop.nth in (None, count) for drop in self._script.drop)

    def _push(self, command: Command, at: float) -> None:
        if not self.closed:
            self._queue.append((max(self.gate, at), command))


def as_text(event: Json) -> str:
    """An event as it crosses the wire; what UTF-8 cannot hold is escaped."""
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(event, separators=(",", ":"))
    return text


def altered(event: Json, change: Alter) -> Json:
    """An event with one change made to it."""
    result = deepcopy(event)
    for place, value in change.set.items():
        *way, last = place.split(".")
        _put(_walk(result, way), last, deepcopy(value))
    for place in change.remove:
        *way, last = place.split(".")
        _take_out(_walk(result, way), last)
    return result


def _walk(value: Any, way: list[str]) -> Any:
    """What stands at the end of the way, None when it leads nowhere."""
    for token in way:
        if isinstance(value, dict):
            value = value.get(token)
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            return None
    return value


def _put(holder: Any, token: str, value: Any) -> None:
    if isinstance(holder, dict):
        holder[token] = value
    elif isinstance(holder, list) and token.isdecimal() and int(token) < len(holder):
        holder[int(token)] = value


def _take_out(holder: Any, token: str) -> None:
    if isinstance(holder, dict):
        holder.pop(token, None)
    elif isinstance(holder, list) and token.isdecimal() and int(token) < len(holder):
        del holder[int(token)]
