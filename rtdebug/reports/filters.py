"""Which events a view shows: by globs on their type, by sender, by what is in their text."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase

from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Opened,
    Paused,
    Record,
    Refused,
    Remark,
    Sender,
    Undecodable,
    Unjudged,
    Violation,
)
from rtdebug.model.value import Value

# What is no event goes by these names, so that it can be hidden or asked for as well.
_NAMES: dict[type, str] = {
    Opened: "opened",
    Refused: "refused",
    Undecodable: "undecodable",
    Closed: "closed",
    Ended: "ended",
    Remark: "remark",
    Violation: "violation",
    Unjudged: "unjudged",
    Paused: "paused",
}
_SIDED = Undecodable | Violation | Unjudged
_SIGNS = {">": Sender.CLIENT, "<": Sender.SERVER}


class Filter(Value):
    """``only`` and ``hide`` are globs on types; ``grep`` is searched in the text of messages."""

    only: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    sender: Sender | None = None
    grep: re.Pattern[str] | None = None

    def admits_type(self, type_: str, sender: Sender | None) -> bool:
        """Whether events of this type can pass at all."""
        if self.sender is not None and sender is not None and sender is not self.sender:
            return False
        if self.only and not any(fnmatchcase(type_, glob) for glob in self.only):
            return False
        return not any(fnmatchcase(type_, glob) for glob in self.hide)

    def admits(self, record: Record) -> bool:
        """Whether ``record`` is shown. What prevented a session always is."""
        if isinstance(record, Refused):
            return True
        if isinstance(record, Event):
            passes = self.admits_type(record.type, record.sender)
        else:
            sender = record.sender if isinstance(record, _SIDED) else None
            passes = self.admits_type(_NAMES[type(record)], sender)
        return passes and (self.grep is None or self.finds(record))

    def finds(self, record: Record) -> bool:
        """Whether the text of a message holds what ``grep`` looks for."""
        return self.grep is None or self.grep.search(_text(record)) is not None

    @property
    def words(self) -> str:
        """The filter as it can be typed; "" for none."""
        parts = [*self.only, *(f"-{glob}" for glob in self.hide)]
        parts += [sign for sign, sender in _SIGNS.items() if sender is self.sender]
        if self.grep is not None:
            parts.append(f"/{self.grep.pattern}")
        return " ".join(parts)


EVERYTHING = Filter()


def typed_filter(text: str) -> Filter:
    """The filter that a person typed; raises ValueError that says what is wrong.

    ``response.*`` shows only such types, ``-*.delta`` hides some, ``>`` or ``<`` shows one side,
    and what follows a ``/`` is a regular expression searched in messages.
    """
    words, slash, expression = f" {text}".partition(" /")
    result = EVERYTHING
    for word in words.split():
        if word in _SIGNS:
            result = replace(result, sender=_SIGNS[word])
        elif word.startswith("-"):
            result = replace(result, hide=(*result.hide, word[1:]))
        else:
            result = replace(result, only=(*result.only, word))
    return replace(result, grep=expression_of(expression)) if slash and expression else result


def expression_of(text: str) -> re.Pattern[str]:
    """A regular expression to search messages with; raises ValueError that says what is wrong."""
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from None


def _text(record: Record) -> str:
    match record:
        case Event(text=str(text)):
            return text
        case Event(text=bytes(data)) | Undecodable(data=bytes(data)):
            return data.decode("utf-8", "replace")
        case Event():
            from rtdebug.reports.encoding import encode

            return encode(record.payload)
        case Undecodable():
            return str(record.data)
        case Closed():
            return record.reason
        case Refused() | Remark():
            return record.text
        case Violation():
            return record.detail
        case _:
            return ""
