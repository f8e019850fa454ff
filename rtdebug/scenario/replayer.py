"""Plays a server from a recording: each ask gets what followed it there, with the ids the client
chose this time. It tells the first ask that is not the recording's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from rtdebug.model.commands import Close, Command, Send
from rtdebug.model.records import Closed, Event, Opened, Record, Sender, Undecodable
from rtdebug.packs.violations import describe
from rtdebug.redaction import REDACTED
from rtdebug.scenario.cassette import Ask, Cassette, RecordedAnswer, media_in
from rtdebug.scenario.mock_script import Refuse
from rtdebug.scenario.responder_outlet import as_text

_PATIENCE = 0.5  # seconds that what is next waits for its ask before what follows goes first


class Replayer:
    """The actor that plays the server of one connection. ``tell`` hears where the client differs
    from the recording; with ``original`` it takes the time it took then."""

    def __init__(
        self, cassette: Cassette, tell: Callable[[str], None], *, original: bool = False
    ) -> None:
        self._cassette = cassette
        self._tell = tell
        self._original = original
        self._asked_at: dict[int | None, float] = {}
        self._open = [index for index, ask in enumerate(cassette.asks) if ask.media is None]
        self._media = [(ask.media, index) for index, ask in enumerate(cassette.asks)
                       if ask.media is not None]  # fmt: skip
        self._heard = 0  # of media
        self._left = deque(cassette.said)
        self._ids: dict[str, str] = {}
        self._at = self._since = 0.0  # now, and the last time that something happened
        self._over = self._differed = self._waited = False

    @property
    def refuse(self) -> Refuse | None:
        """What the upgrade was answered with."""
        return self._cassette.refuse

    @property
    def deadline(self) -> float | None:
        """When something is due, or when what blocks it has been waited for long enough."""
        due = self._due()
        return None if due is None else due[0]

    def observe(self, record: Record) -> Sequence[Command]:
        """What the client did; what is to be sent now."""
        self._at = self._since = record.at
        self._waited = False
        match record:
            case Opened():
                self._asked_at[None] = record.at
            case Event(sender=Sender.CLIENT):
                self._hear(record.type, record.payload, None)
            case Undecodable(sender=Sender.CLIENT):
                self._hear("", None, record.data)
            case Closed():
                self._end(record)
        return self.advance(record.at)

    def advance(self, at: float) -> Sequence[Command]:
        """What is due by now."""
        self._at = at
        commands: list[Command] = []
        while not self._over and (due := self._due()) is not None and due[0] <= at:
            said = self._left[due[1]]
            del self._left[due[1]]
            self._waited = due[1] > 0
            self._since = at
            commands.append(self._command(said))
        return commands

    def _due(self) -> tuple[float, int] | None:
        """When the next may be said, and which: the first whose ask has come. One that waits
        holds back what was said behind it, but not for ever."""
        for index, said in enumerate(self._left):
            asked = self._asked_at.get(said.after)
            if asked is None:
                continue
            due = asked + said.follows if self._original else asked
            if index and not self._waited:
                due = max(due, self._since + _PATIENCE)
            return due, index
        return None

    def _command(self, said: RecordedAnswer) -> Command:
        if said.closed is not None:
            self._over = True
            code = said.closed.code
            return Close(1000 if code == 1005 else code, said.closed.reason, code == 1006)
        if said.payload is None or not self._ids:
            return Send(said.data)
        made = as_text(_renamed(said.payload, self._ids))
        return Send(made if isinstance(said.data, str) else made.encode())

    # What is asked

    def _hear(self, type_: str, payload: Mapping[str, Any] | None, data: Any) -> None:
        size = media_in(payload, data)
        if size is not None:
            self._heard += size
            while self._media and self._media[0][0] <= self._heard:
                self._asked_at[self._media.pop(0)[1]] = self._at
            return
        index = self._open[0] if self._open else None
        if index is None:
            self._differ(f"the recording has no more asks, the client sent {type_ or 'text'}")
            return
        ask = self._cassette.asks[index]
        difference = _difference(ask, type_, payload)
        if difference:
            self._differ(f"event {ask.seq} of the recording is {ask.type or 'text'}; {difference}")
            alike = (one for one in self._open if self._cassette.asks[one].type == type_)
            index = next(alike, None)
        if index is not None:
            self._open.remove(index)
            self._asked_at[index] = self._at
            self._ids.update(_ids(self._cassette.asks[index].payload, payload))

    def _differ(self, text: str) -> None:
        if not self._differed:
            self._differed = True
            self._tell(f"differs: {text}")

    def _end(self, record: Closed) -> None:
        if not self._over and self._open and record.sender is Sender.CLIENT:
            ask = self._cassette.asks[self._open[0]]
            self._differ(
                f"event {ask.seq} of the recording is {ask.type or 'text'}; the client closed"
            )
        self._over = True


def _difference(ask: Ask, type_: str, payload: Mapping[str, Any] | None) -> str:
    """Where an event differs from the recorded one, in words; empty where it does not."""
    if ask.type != type_:
        return f"the client sent {type_ or 'no event'}"
    found = next(_differences(ask.payload, payload, ""), None)
    if found is None:
        return ""
    pointer, then, now = found
    return f"{pointer or 'the event'} was {_said(then)}, and is {_said(now)}"


def _said(value: Any) -> str:
    return "absent" if value is None else describe(value)


def _differences(then: Any, now: Any, pointer: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys((*then, *now)):
            if not _is_id(key) and key != "metadata":
                yield from _differences(then.get(key), now.get(key), f"{pointer}/{key}")
    elif isinstance(then, list) and isinstance(now, list):
        for index, (one, other) in enumerate(zip_longest(then, now)):
            yield from _differences(one, other, f"{pointer}/{index}")
    elif then != now and not (isinstance(then, str) and REDACTED in then):
        yield pointer, then, now


def _ids(then: Any, now: Any, *, all_: bool = False) -> Iterator[tuple[str, str]]:
    """The ids of the recording and what the client calls them this time."""
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for key, value in then.items():
            other = now.get(key)
            inside = all_ or key == "metadata"
            if isinstance(value, str) and isinstance(other, str):
                if value != other and (inside or _is_id(key)):
                    yield value, other
            else:
                yield from _ids(value, other, all_=inside)
    elif isinstance(then, list) and isinstance(now, list):
        for one, other in zip(then, now, strict=False):
            yield from _ids(one, other, all_=all_)


def _is_id(key: str) -> bool:
    return key == "id" or key.endswith(("_id", "Id"))


def _renamed(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, Mapping):
        return {key: _renamed(part, ids) for key, part in value.items()}
    return [_renamed(part, ids) for part in value] if isinstance(value, list) else value
