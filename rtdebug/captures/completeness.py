"""Tells a log that shows every message from one for which somebody chose what to log.

Who leaves out deltas, or keeps the ends of things alone, does so for all responses. A log that has
both sides, and of one completed response each beginning, each delta and each end, leaves out
nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rtdebug.model.records import Clock, Event, Record, Sender

if TYPE_CHECKING:
    from rtdebug.captures.assembling import Manner

_MOST_RESPONSES = 100
_FULL_SESSION = 15  # values; the sessions of the servers that were recorded have 18 to 30
# The field of an end that holds what its deltas brought bit by bit.
_TEXTS = ("text", "transcript", "arguments")
_SPANS = ("response.output_item", "response.content_part")


def shows_all(records: Iterable[Record]) -> bool:
    """Whether records leave out no kind of message."""
    senders: set[Sender] = set()
    responses: dict[str, _Response] = {}
    balanced = False
    for record in records:
        if not isinstance(record, Event):
            continue
        senders.add(record.sender)
        if record.sender is Sender.SERVER and record.type.startswith("response."):
            name = _response_of(record.payload)
            if record.type == "response.done":
                known = responses.pop(name, None)
                balanced = balanced or (known is not None and known.is_whole(record.payload))
            elif name and len(responses) < _MOST_RESPONSES:
                responses.setdefault(name, _Response()).take(record)
    return balanced and len(senders) == len(Sender)


def is_selective(records: Iterable[Record], manner: Manner) -> bool:
    """Whether somebody chose what to log. Without times of its own a log proves nothing."""
    return manner.by_ids or manner.clock is Clock.NONE or not shows_all(records)


def are_full(records: Iterable[Record]) -> bool:
    """Whether messages have all their fields, by the longest that every log has: who shortens a
    log by hand leaves of a session no more than a few of its settings."""
    return any(
        isinstance(record, Event) and record.whole and record.sender is Sender.SERVER
        and record.type.startswith("session.")
        and _leaves(record.payload.get("session")) >= _FULL_SESSION
        for record in records
    )  # fmt: skip


def _leaves(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_leaves, value.values()))
    return 1


def _response_of(payload: Mapping[str, Any]) -> str:
    inner = payload.get("response")
    name = inner.get("id") if isinstance(inner, dict) else payload.get("response_id")
    return name if isinstance(name, str) else ""


class _Response:
    """What a log shows of one response."""

    def __init__(self) -> None:
        self.begun = False
        self.spans: Counter[str] = Counter()
        self.ended: set[str] = set()
        self.texts: dict[tuple[str, Any, Any], str] = {}
        self.streams = 0
        self.matched = True

    def take(self, event: Event) -> None:
        """The next event of it."""
        kind, payload = event.type, event.payload
        if kind == "response.created":
            self.begun = True
            return
        stem, _, last = kind.rpartition(".")
        if stem in _SPANS:
            self.spans[stem] += 1 if last == "added" else -1
            self.ended.add(stem)
            return
        key = (stem, payload.get("output_index"), payload.get("content_index"))
        if last == "delta":
            delta = payload.get("delta")
            self.texts[key] = self.texts.get(key, "") + (delta if isinstance(delta, str) else "")
        elif last == "done":
            self._end(key, payload)

    def _end(self, key: tuple[str, Any, Any], payload: Mapping[str, Any]) -> None:
        self.streams += 1
        whole = next((payload[name] for name in _TEXTS if isinstance(payload.get(name), str)), None)
        streamed = self.texts.pop(key, None)
        if streamed is None:
            self.matched = self.matched and whole == ""
        elif whole is not None:
            self.matched = self.matched and streamed == whole

    def is_whole(self, done: Mapping[str, Any]) -> bool:
        """Whether nothing of it is left out, now that it is done."""
        inner = done.get("response")
        completed = isinstance(inner, dict) and inner.get("status") == "completed"
        return (
            completed and self.begun and self.streams > 0 and self.matched and not self.texts
            and bool(self.ended) and not any(self.spans.values())
        )  # fmt: skip
