"""Times as logs write them, and the seconds of a record that follow from them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

DAY = 86400.0

_DATE = r"\d{4}[-/]\d{2}[-/]\d{2}"
_CLOCK = r"\d{1,2}:\d{2}:\d{2}(?:[.,:]\d{1,9})?"
_ZONE = r"(?:\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
STAMP = re.compile(
    rf"(?P<date>{_DATE})[T_ ,]+(?P<dclock>{_CLOCK})(?P<zone>{_ZONE})"
    rf"|(?<![\w.:])(?P<clock>{_CLOCK})(?:\s?(?P<half>[AaPp])\.?[Mm]\.?)?(?![\w:])"
    r"|(?<![\w.:])(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d)\.(?P<part>\d{1,6})(?![\w:])"
    r"|(?<![\w.:-])\+?(?P<span>\d+(?:\.\d+)?)\s?(?P<unit>ms|s|sec|secs|seconds)(?!\w)"
    r"|(?<![\w.])(?P<epoch>1[6-9]\d{8}(?:\.\d+|\d{3}(?:\.\d+)?|\d{6})?)(?![\w.])"
)
"""A time in a line of text."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """``seconds`` since 1970 (``absolute``) or since something; ``fine`` = finer than a second."""

    seconds: float
    absolute: bool
    fine: bool


def stamp_of(value: Any, unit: str = "") -> Stamp | None:
    """The time a field holds: seconds, milliseconds and finer since 1970, ISO 8601, a clock time,
    or a small number in ``unit`` ("ms", "us", "ns", else seconds)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _number(float(value), unit) if abs(value) < 1e20 else None
    if not isinstance(value, str) or not value or len(value) > 64:
        return None
    try:
        return _number(float(value), unit)
    except ValueError:
        match = STAMP.search(value)
        return stamp_in(match) if match else None


_UNITS = {"ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_EPOCHS = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3), (1e9, 1.0))


def _number(value: float, unit: str) -> Stamp | None:
    if not math.isfinite(value) or value < 0:
        return None
    if not (unit in ("us", "ns") and value < 1e15):
        for floor, factor in _EPOCHS:
            if value >= floor:
                seconds = value * factor
                return Stamp(seconds, True, factor != 1.0 or not value.is_integer())
    factor = _UNITS.get(unit, 1.0)
    return Stamp(value * factor, False, factor != 1.0 or not value.is_integer())


def stamp_in(match: re.Match[str]) -> Stamp | None:
    """The time that STAMP matched."""
    if match["date"]:
        return _dated(match["date"], match["dclock"], (match["zone"] or "").strip())
    if match["clock"]:
        seconds, fine = _clock(match["clock"])
        if match["half"]:
            hour = seconds // 3600 % 12 + (12 if match["half"] in "pP" else 0)
            seconds = hour * 3600 + seconds % 3600
        return Stamp(seconds, False, fine)
    if match["minutes"]:
        whole = int(match["minutes"]) * 60 + int(match["seconds"])
        return Stamp(float(f"{whole}.{match['part']}"), False, True)
    if match["span"]:
        unit = "ms" if match["unit"] == "ms" else ""
        return _number(float(match["span"]), unit) if len(match["span"]) < 16 else None
    return _number(float(match["epoch"]), "")


def _clock(text: str) -> tuple[float, bool]:
    whole, _, part = text.replace(",", ".").partition(".")
    pieces = whole.split(":")
    if len(pieces) == 4:  # 12:00:01:345, milliseconds after a colon
        part = pieces.pop()
    hours, minutes, seconds = (int(piece) for piece in pieces)
    return hours * 3600 + minutes * 60 + float(f"{seconds}.{part or 0}"), bool(part)


def _dated(date: str, clock: str, zone: str) -> Stamp | None:
    seconds, fine = _clock(clock)
    day = _day(date, zone)
    return None if day is None else Stamp(day + seconds, True, fine)


@lru_cache(maxsize=64)
def _day(date: str, zone: str) -> float | None:
    """When a day began, in seconds of the epoch."""
    try:
        day = datetime(int(date[:4]), int(date[5:7]), int(date[8:]), tzinfo=UTC)
    except ValueError:
        return None
    shift = 0.0
    if zone and zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        shift = (int(digits[:2]) * 60 + int(digits[2:])) * 60.0 * (1 if zone[0] == "+" else -1)
    return day.timestamp() - shift


class StampClock:
    """Turns stamps, as they come, into seconds since the first that never run backwards.

    A small relative time stays as it is, so that it can be found again in the log.
    """

    KEPT = 60.0

    def __init__(self) -> None:
        self.at = 0.0
        self.first: Stamp | None = None
        self.fine = False
        self.origin = 0.0
        self._last = 0.0

    def take(self, stamp: Stamp | None) -> float:
        """The ``at`` of a record with this stamp; without one, the time of the one before."""
        if stamp is None:
            return self.at
        if self.first is None:
            self.first = stamp
            kept = not stamp.absolute and stamp.seconds < self.KEPT
            self.origin = 0.0 if kept else stamp.seconds
            self._last = stamp.seconds
        if stamp.absolute != self.first.absolute:
            return self.at
        seconds = stamp.seconds
        if not stamp.absolute and self._last - seconds > DAY / 2:
            self.origin -= DAY  # past midnight
        self._last = seconds
        self.fine = self.fine or stamp.fine
        self.at = max(self.at, round(seconds - self.origin, 6))
        return self.at

    @property
    def started(self) -> str | None:
        """The wall clock at 0, where the stamps tell it."""
        if self.first is None or not self.first.absolute:
            return None
        return iso(self.origin)


def iso(seconds: float) -> str | None:
    """Seconds since 1970 as ISO 8601 in UTC; None beyond the calendar."""
    try:
        when = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
