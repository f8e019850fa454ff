"""Facts: what messages say, read by the rows of a pack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rtdebug.model.records import Event, Sender
from rtdebug.packs.lifecycle import FactRow, Lifecycle
from rtdebug.packs.naming import Naming
from rtdebug.packs.pointers import all_at, first_at

_NOT_THERE: tuple[Any, ...] = (None, False, "", [])


class Fact(NamedTuple):
    """Something said: by which event and side, of which id, and where it stands in the message."""

    name: str
    event: Event
    id: str | None
    node: Any


def facts_of(life: Lifecycle, naming: Naming, event: Event) -> Iterator[Fact]:
    """What a message says, in the order of the pack's rows."""
    rows = life.facts[event.sender].get(event.type)
    if rows is None and event.type in naming.spellings:
        rows = life.facts[event.sender].get(naming.spellings[event.type])
    if rows is not None:
        for row in rows:
            yield from _said(row, event, event.payload)
    elif naming.batch and event.type == naming.batch:
        yield from _in_batch(life, naming, event)


def _in_batch(life: Lifecycle, naming: Naming, event: Event) -> Iterator[Fact]:
    """Several messages that came as one."""
    members = event.payload[naming.batch]
    for member in members if isinstance(members, list) else ():
        if isinstance(member, dict):
            for row in life.facts[event.sender].get(naming.name(member) or "", ()):
                yield from _said(row, event, member)


def _said(row: FactRow, event: Event, message: dict[str, Any]) -> Iterator[Fact]:
    if row.test is not None and not _holds(row, message):
        return
    parts = all_at(message, row.each) if row.each is not None else (message,)
    for part in parts:
        found = first_at(part, row.id) if row.id is not None else None
        yield Fact(row.fact, event, _text(found), part)


def _holds(row: FactRow, message: dict[str, Any]) -> bool:
    value = first_at(message, row.test or ())
    if row.values:
        return any(value == one and type(value) is type(one) for one in row.values)
    if row.unless and not isinstance(value, str):
        return False
    return value not in _NOT_THERE and value not in row.unless


def _text(value: Any) -> str | None:
    """An id as text: some servers number what others name."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and abs(value) < 10**15 else None


def binary_fact(name: str, seq: int, at: float, sender: Sender, size: int) -> Fact:
    """What a binary message says, of which there is nothing to read but its size."""
    return Fact(name, Event(seq, at, sender, name, {}), None, size)
