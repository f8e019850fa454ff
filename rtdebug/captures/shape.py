"""The shape of JSON lines, learnt from the first of them: which field holds what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rtdebug.captures.fields import times_in, unit_of
from rtdebug.captures.jsonl import dumps
from rtdebug.captures.labels import is_side, sender_named
from rtdebug.captures.stamps import stamp_of
from rtdebug.captures.wrapped import Unwrapper
from rtdebug.model.records import Sender

MOST_NAMES = 1000
"""A log may invent labels and types without end; beyond this many none is remembered."""


@dataclass(frozen=True, slots=True)
class LineShape:
    """Where a line keeps the time (``scale`` seconds a unit), the side and the message; "" where
    it has none. ``around`` is about how many bytes of a line are not its message."""

    time: str = ""
    side: str = ""
    slot: str = ""
    scale: float = 1.0
    around: int = 0


def shape_of(parsed: Sequence[Any], unwrapper: Unwrapper) -> LineShape:
    """The shape of the first line that holds an event."""
    for fields in parsed:
        if not isinstance(fields, dict):
            continue
        slot = next((name for name in fields if _is_event(fields[name], unwrapper)), "")
        if not slot and not unwrapper.event_type(fields):
            continue
        time = next(iter(times_in(fields)), "")
        scale = _scale(fields.get(time), unit_of(time, unwrapper.units.get(time, "")))
        around = len(dumps(fields)) - len(dumps(fields[slot])) if slot else 0
        return LineShape(time, _side(fields, slot), slot, scale, around)
    return LineShape()


def _is_event(value: Any, unwrapper: Unwrapper) -> bool:
    return isinstance(value, dict) and unwrapper.event_type(value, lenient=True) is not None


def _side(fields: dict[str, Any], slot: str) -> str:
    if not slot:
        return ""
    return next(
        (name for name, label in fields.items()
         if name != slot and isinstance(label, str) and sender_named(label)), "",
    )  # fmt: skip


def _scale(value: Any, unit: str) -> float:
    stamp = stamp_of(value, unit)
    if stamp is None or isinstance(value, str) or not value:
        return 1.0
    ratio = stamp.seconds / value
    return min((1.0, 1e-3, 1e-6, 1e-9), key=lambda power: abs(ratio - power))


def sender_labelled(label: Any, swapped: bool) -> Sender | None:
    """Who sent what a log labels so; ``swapped`` where the log is the server's."""
    sender = sender_named(label)
    if sender is not None and swapped and not is_side(label):
        return Sender.SERVER if sender is Sender.CLIENT else Sender.CLIENT
    return sender
