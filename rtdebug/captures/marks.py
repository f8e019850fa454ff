"""What stays the same in the lines of one connection: fields of a record, prefixes of a line.

A server that serves many calls at once writes a call's id, a logger's name or a thread beside each
message. Which of these tell connections apart is judged over the whole log, not here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any, TypeAlias

from rtdebug.captures.fields import RANKS, is_time, plain

Marks: TypeAlias = tuple[tuple[str, str], ...]

_LONGEST = 80
_MOST = 16
_HEAD = 300  # characters of a line in which its prefixes stand
_NOT_MARKS = frozenset(
    {
        "level", "lvl", "severity", "levelname", "loglevel", "levelno",
        "severitytext", "severitynumber", "priority", "dir", "direction", "way", "flow", "op",
        "seq", "count", "size", "bytes", "length", "len", "duration", "insertid", "cursor",
        "opcode", "lineno", "file", "filename", "caller", "func", "funcname", "output", "input",
    }
)  # fmt: skip
_LEVELS = frozenset(
    {
        "trace", "debug", "info", "information", "informational", "notice", "warn", "warning",
        "error", "err", "critical", "fatal", "panic", "severe", "fine", "finer", "finest",
        "verbose", "d", "i", "w", "e", "v", "t",
    }
)  # fmt: skip
_WAYS = frozenset(
    {"send", "sent", "recv", "received", "receive", "in", "out", "rx", "tx", "client", "server"}
)
_SAYS = frozenset({"msg", "message"})
_UNITS = frozenset({"T", "Z", "UTC", "AM", "PM"})
_NEVER = _LEVELS | _WAYS
_PAIR = re.compile(r"(?<![\w.])([A-Za-z][\w.\-]{0,40})=\"?([\w.:@/\-]{1,80})\"?(?=[\s,;\])|]|$)")
_BRACKET = re.compile(r"\[([A-Za-z#][\w.:@/#\- ]{0,60}|\d{1,7})\]")
_WORD = re.compile(r"[A-Za-z][\w.:@/#\-]{0,60}")
_MOST_WORDS = 4
_COLUMN = re.compile(r"^([A-Za-z][\w.\-]{0,60}) {0,20}\| ")


def marks_of(record: Mapping[str, Any], outer: Marks = ()) -> Marks:
    """The short fields of ``record`` beside its message, behind those of what it stands in."""
    found = [
        (name, text)
        for name, value in record.items()
        if not _is_other(name) and (text := _mark(value))
    ]
    found += [
        ("said", value)
        for name, value in record.items()
        if isinstance(value, str) and len(value) <= _LONGEST and plain(name) in _SAYS
    ]
    return (*outer, *found)[:_MOST] if found else outer


def _is_other(name: str) -> bool:
    """Whether a field is known to hold something else: a message, a time, a level, a count."""
    short = plain(name)
    return short in _NOT_MARKS or short in RANKS or is_time(name)


def _mark(value: Any) -> str:
    if isinstance(value, str):
        short = 0 < len(value) <= _LONGEST and not any(map(str.isspace, value))
        # A letter is a level at the head of a line; in a field of its own it may be a name.
        return value if short and (len(value) == 1 or value.lower() not in _NEVER) else ""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def marks_at_head(line: str) -> Marks:
    """The constant-looking prefixes of a line: ``[call-a]``, ``conn=12``, ``api-1  | ``, and its
    first words."""
    head = line[:_HEAD]
    found = [("column", match[1])] if (match := _COLUMN.match(head)) else []
    found += [("bracket", match[1]) for match in _BRACKET.finditer(head) if _tells(match[1])]
    found += [
        (match[1], match[2]) for match in _PAIR.finditer(head)
        if not _is_other(match[1]) and _tells(match[2])
    ]  # fmt: skip
    words = [match[0].rstrip(":") for match in islice(_WORD.finditer(head), 2 * _MOST_WORDS)]
    found += [("word", word) for word in words if _tells(word) and word not in _UNITS][:_MOST_WORDS]
    return tuple(found[:_MOST])


def _tells(text: str) -> bool:
    return text.lower() not in _NEVER
