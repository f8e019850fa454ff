"""A recording as a server can play it: what the client asked, and what each thing the server said
was said to."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from typing import Any

from rtdebug.model.records import Closed, Event, Record, Refused, Sender, Undecodable
from rtdebug.model.value import Value
from rtdebug.packs.pack import Pack
from rtdebug.scenario.mock_script import Refuse

_MEDIA = 512  # characters of one text in a message; beyond it that is sound or an image


class Ask(Value):
    """What the client sent: its ``payload`` (None for no event). ``media`` is how much sound it
    had sent by then, where that is what this message carries, else None."""

    seq: int
    at: float
    type: str
    payload: Mapping[str, Any] | None
    media: int | None = None


class RecordedAnswer(Value):
    """What the server said ``after`` the ask of that index (None: by itself): a message, or how it
    closed. ``follows`` are the seconds between."""

    after: int | None
    follows: float
    data: str | bytes = ""
    payload: Mapping[str, Any] | None = None
    closed: Closed | None = None


class Cassette(Value):
    """One connection of a recording; ``refuse`` where its upgrade was refused."""

    asks: tuple[Ask, ...] = ()
    said: tuple[RecordedAnswer, ...] = ()
    refuse: Refuse | None = None


def media_in(payload: Mapping[str, Any] | None, data: str | bytes | None) -> int | None:
    """How much sound or image a message carries, None where it says something else."""
    if payload is None:
        return len(data) if isinstance(data, bytes) else None
    longest = max(map(len, _texts(payload)), default=0)
    return longest if longest > _MEDIA and _is_encoded(payload, longest) else None


def _is_encoded(payload: Mapping[str, Any], length: int) -> bool:
    text = next(text for text in _texts(payload) if len(text) == length)
    return " " not in text and "\n" not in text and "{" not in text


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def cassette_of(records: Iterable[Record], pack: Pack) -> Cassette:
    """The recording of one connection."""
    return _Recorder(pack).take(records)


class _Recorder:
    """Finds for each word of the server what it answers: the request that asks for it, the
    response it belongs to, or whatever the client sent last."""

    def __init__(self, pack: Pack) -> None:
        self._asks: list[Ask] = []
        self._said: list[RecordedAnswer] = []
        self._media = 0
        # Types that answer a request -> the requests that wait, oldest first.
        self._waiting: dict[str, deque[int]] = defaultdict(deque)
        self._by_event_id: dict[Any, int] = {}
        self._of_response: dict[Any, int | None] = {}
        self._answers = {
            pack.type(ask): [pack.type(by) for by in answer.by]
            for ask, answer in pack.answers.items()
        }
        self._cancel, self._error = pack.type("response.cancel"), pack.type("error")
        self._cancelled: int | None = None

    def take(self, records: Iterable[Record]) -> Cassette:
        for record in records:
            match record:
                case Refused():
                    status = record.status or 503
                    return Cassette(refuse=Refuse(status, record.body))
                case Event(sender=Sender.CLIENT):
                    self._ask(record, record.type, record.payload, record.text)
                case Undecodable(sender=Sender.CLIENT):
                    self._ask(record, "", None, record.data)
                case Event():
                    data = json.dumps(record.payload) if record.text is None else record.text
                    after = self._cause(record.type, record.payload)
                    self._say(after, record.at, data, record.payload)
                case Undecodable():
                    self._say(self._last, record.at, record.data, None)
                case Closed(sender=Sender.SERVER):
                    self._said.append(
                        RecordedAnswer(
                            self._last, self._follows(self._last, record.at), closed=record
                        )
                    )
        return Cassette(tuple(self._asks), tuple(self._said))

    @property
    def _last(self) -> int | None:
        return len(self._asks) - 1 if self._asks else None

    def _ask(
        self,
        record: Event | Undecodable,
        type_: str,
        payload: Mapping[str, Any] | None,
        data: str | bytes | None,
    ) -> None:
        size = media_in(payload, data)
        self._media += size or 0
        media = None if size is None else self._media
        index = len(self._asks)
        self._asks.append(Ask(record.seq, record.at, type_, payload, media))
        for answer in self._answers.get(type_, ()):
            self._waiting[answer].append(index)
        if payload is not None and payload.get("event_id") is not None:
            self._by_event_id[payload["event_id"]] = index
        if type_ == self._cancel:
            self._cancelled = index

    def _say(
        self, after: int | None, at: float, data: str | bytes, payload: Mapping[str, Any] | None
    ) -> None:
        self._said.append(RecordedAnswer(after, self._follows(after, at), data, payload))

    def _follows(self, after: int | None, at: float) -> float:
        return max(0.0, at - (0.0 if after is None else self._asks[after].at))

    def _cause(self, type_: str, payload: Mapping[str, Any]) -> int | None:
        response = payload.get("response")
        response_id = payload.get("response_id") or (
            response.get("id") if isinstance(response, Mapping) else None
        )
        if self._waiting[type_]:
            cause: int | None = self._waiting[type_].popleft()
        elif response_id in self._of_response:
            cause = self._of_response[response_id]
            if isinstance(response, Mapping) and self._cancelled is not None:
                cause = max(cause or 0, self._cancelled)
        elif type_ == self._error:
            error = payload.get("error")
            asked = error.get("event_id") if isinstance(error, Mapping) else None
            cause = self._by_event_id.get(asked, self._last)
        else:
            cause = self._last
        if response_id is not None:
            self._of_response.setdefault(response_id, cause)
        return cause
