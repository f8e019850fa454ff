"""Words for what became of a step: what came instead, how near it was, who hung up."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from rtdebug.model.records import Closed, Event, Sender
from rtdebug.safe import one_line
from rtdebug.scenario.durations import format_duration
from rtdebug.scenario.inbox import Message
from rtdebug.scenario.matching import Mismatch, Tally
from rtdebug.scenario.substitution import part_of

_TYPES_SHOWN = 6
_LAST_SHOWN = 3
_ERRORS_SHOWN = 2
_NAME = 100
_LOST = 1006
_NO_EVENT = "a message that is no event"


class Came:
    """Counts the messages that were not what was waited for, and keeps the nearest of them."""

    def __init__(self, error_type: str | None) -> None:
        self._error_type = error_type
        self._types: Counter[str] = Counter()
        self._last: deque[str] = deque(maxlen=_LAST_SHOWN)
        self._errors: list[str] = []
        self._nearest: tuple[float, str, Mismatch] | None = None
        self.evidence: deque[int] = deque(maxlen=_LAST_SHOWN)

    def add(self, message: Message, near: Tally | None = None) -> None:
        """A message that did not fit; ``near`` tells how nearly, for one of the right type."""
        name = one_line(message.type, _NAME) if isinstance(message, Event) else _NO_EVENT
        if name in self._types or len(self._types) < 200:
            self._types[name] += 1
        else:
            self._types["others"] += 1
        self._last.append(f"#{message.seq} {name}")
        self.evidence.append(message.seq)
        if isinstance(message, Event) and message.type == self._error_type:
            self._errors = [*self._errors[1 - _ERRORS_SHOWN :], error_words(message)]
        if near is not None and near.misses:
            score = near.score
            if self._nearest is None or score >= self._nearest[0]:
                self._nearest = (score, f"#{message.seq} {name}", near.misses[0])

    def __str__(self) -> str:
        """Sentences: how many of what, the last few, the nearest, the errors."""
        total = self._types.total()
        if not total:
            return "Nothing came."
        said = [f"{total} {_events(total)} came instead: {self._kinds()}."]
        if total > _LAST_SHOWN:
            said.append(f"The last: {', '.join(self._last)}.")
        if self._nearest is not None:
            _score, name, miss = self._nearest
            said.append(f"Nearest was {name}: {miss}.")
        for text in self._errors:
            said.append(f"The server reported an error: {text}.")
        return " ".join(said)

    def _kinds(self) -> str:
        common = self._types.most_common(_TYPES_SHOWN)
        shown = [name if count == 1 else f"{name} x{count}" for name, count in common]
        more = len(self._types) - len(common)
        return ", ".join(shown) + (f" and {more} other types" if more > 0 else "")


def error_words(event: Event) -> str:
    """What an error event says: its number, code or type, and text."""
    code = _first(event.payload, (("error", "code"), ("error", "type"), ("code",)))
    text = _first(event.payload, (("error", "message"), ("message",)))
    words = " ".join(one_line(part, 200) for part in (code, text) if part)
    return f"#{event.seq} {words}".rstrip(" .")


def closed_words(closed: Closed) -> str:
    """Who ended the connection and how; 1006 is on no wire (RFC 6455, 7.1.5): it says that no
    close frame came."""
    if closed.code == _LOST:
        if closed.sender is Sender.CLIENT:
            return f"rtdebug dropped the connection without a close frame ({_LOST})"
        side = f" on the {closed.sender}'s side" if closed.sender is not None else ""
        return f"the connection was lost{side} without a close frame ({_LOST})"
    who = {None: "the connection closed", "client": "rtdebug closed"}.get(
        closed.sender, "the server closed"
    )
    reason = f" ({one_line(closed.reason, 200)})" if closed.reason else " without a reason"
    return f"{who} with {closed.code}{reason}"


def too_late(behind: Mapping[str, int], type_: str | None) -> str:
    """A sentence for an event that had come, but before what an earlier step matched."""
    if type_ is None or type_ not in behind:
        return ""
    return (
        f" A {type_} (#{behind[type_]}) had come before: an earlier step matched it or something"
        " later, and steps match in order."
    )


def after(seconds: float) -> str:
    """How long it took."""
    return f"after {format_duration(max(0.0, seconds))}"


def _events(count: int) -> str:
    return "event" if count == 1 else "events"


def _first(payload: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> str:
    for path in paths:
        found = part_of(payload, path)
        if isinstance(found, str) and found:
            return found
    return ""
