"""Looks for one expected event: does a message fit, and if not, how near does it come?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rtdebug.model.records import Event
from rtdebug.scenario.document import EventSpec
from rtdebug.scenario.inbox import Message
from rtdebug.scenario.matchers import compile_pattern
from rtdebug.scenario.matching import Fields, Pattern, Tally, compare
from rtdebug.scenario.substitution import part_of, tokens_of

_SHOWN = 4


class Seeker:
    """An expected event, its placeholders replaced. ``words`` say what is looked for, ``name`` is
    its type where it names one."""

    def __init__(self, spec: EventSpec, parts: Mapping[str, Any]) -> None:
        """``parts`` are the type, fields and where of ``spec`` with values in place."""
        type_ = parts["type"]
        self.name = type_ if isinstance(type_, str) else None
        self._type = compile_pattern(type_) if type_ is not None and self.name is None else None
        self._fields = compile_pattern(parts["fields"]) if parts["fields"] else None
        self._where = [
            (tokens_of(path), compile_pattern(wanted)) for path, wanted in parts["where"].items()
        ]
        self._says = spec.says
        self._id = compile_pattern(parts["id"]) if parts["id"] is not None else None
        self.words = self._say(self.name or spec.label)

    def fits(self, message: Message) -> bool:
        """Whether this is the event."""
        if not isinstance(message, Event) or not self._is_meant(message):
            return False
        if self._fields is None and not self._where:
            return True
        return self.tally(message).matched

    def near(self, message: Message) -> Tally | None:
        """How an event of the right type fits; None for other types and for what is no event."""
        if isinstance(message, Event) and self._is_meant(message):
            return self.tally(message)
        return None

    def tally(self, event: Event) -> Tally:
        """How the fields of an event fit, whatever its type."""
        tally = Tally()
        if self._fields is not None:
            self._fields.compare(event.payload, "", tally)
        for tokens, pattern in self._where:
            pointer = "".join(f"/{token.replace('~', '~0').replace('/', '~1')}" for token in tokens)
            pattern.compare(part_of(event.payload, tokens), pointer, tally)
        return tally

    def _is_meant(self, event: Event) -> bool:
        """Whether it says the fact, or is of the type."""
        if self._says is None:
            return self._is_type(event.type)
        ids = self._says(event)
        return bool(ids) if self._id is None else any(self._is_id(one) for one in ids)

    def _is_id(self, found: str | None) -> bool:
        assert self._id is not None
        return compare(self._id, found).matched

    def _is_type(self, type_: str) -> bool:
        if self.name is not None:
            return type_ == self.name
        if self._type is None:
            return True
        tally = Tally()
        self._type.compare(type_, "/type", tally)
        return tally.matched

    def _say(self, name: str) -> str:
        asked = list(_leaves(self._fields, "")) if self._fields is not None else []
        asked += [("/" + "/".join(tokens), pattern.words) for tokens, pattern in self._where]
        if not asked:
            return name
        shown = ", ".join(f"{pointer} {words}" for pointer, words in asked[:_SHOWN])
        more = f", and {len(asked) - _SHOWN} more" if len(asked) > _SHOWN else ""
        return f"{name} with {shown}{more}"


def _leaves(pattern: Pattern, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(pattern, Fields) and pattern.fields:
        for key, inner in pattern.fields.items():
            yield from _leaves(inner, f"{pointer}/{key}")
    else:
        yield pointer, pattern.words
