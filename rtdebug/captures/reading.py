"""What a reader hands back: records, what they can show, and what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from rtdebug.model.records import Record, Sender, View

if TYPE_CHECKING:
    from rtdebug.captures.streaming import Strands

SenderOf: TypeAlias = Callable[[str], Sender | None]
"""Whose events a type names: None for a name both sides use, and for one nobody knows."""
Skim: TypeAlias = Callable[[str, dict[str, Any], int, float, int], bool]
"""What takes an event of the server (type, payload, seq, at, size) that needs no record."""


@dataclass(slots=True)
class Reading:
    """One connection read from a log.

    ``records`` may be consumed once and streams where the format allows it; ``view`` is known
    before that. ``notes`` and ``bare`` are complete when ``records`` is spent.
    ``bare`` holds the numbers of events that the log shows without their envelope (an error's
    inner object, an error's text): they are judged, but they are no message that was logged.
    ``started`` is the wall clock time of ``at`` 0 (ISO 8601) where the log tells it. ``skim``, if
    set, is asked about each whole event of the server before a record is made of it. ``name`` is
    what tells the connection from others of the same log. ``several`` is set instead of records
    where a log is too large to be parted before it is judged: each record of its connections with
    the name of that. ``unread`` counts the lines with names of events that could not be read,
    ``named`` all lines with such names; ``first_unread`` is the first of those, redacted.
    """

    format: str
    records: Iterable[Record]
    view: View
    started: str | None = None
    pack_hint: str | None = None
    url: str | None = None
    header: Mapping[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    bare: set[int] = field(default_factory=set)
    skim: Skim | None = None
    name: str = ""
    several: Strands | None = None
    unread: int = 0
    named: int = 0
    first_unread: str = ""
