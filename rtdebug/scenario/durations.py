"""Durations as people write them: a number and its unit, as ``250ms``, ``1.5s``, ``2m``, ``1h``."""

from __future__ import annotations

import re

LONGEST = 24 * 3600.0

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)(ms|s|m|h)\Z")
_NEAR = r"\s*([0-9]{1,12}(?:\.[0-9]{1,9})?)\s*([A-Za-z]*)\s*\Z"
_WORDS = {
    "millisecond": "ms", "milliseconds": "ms", "msec": "ms", "msecs": "ms", "millis": "ms",
    "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "min": "m", "mins": "m", "minute": "m", "minutes": "m", "hour": "h", "hours": "h", "hr": "h",
}  # fmt: skip


class DurationError(ValueError):
    """No duration. ``hint`` says how to write what was probably meant."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parse_duration(value: object) -> float:
    """Seconds of a duration of at most 24 hours; DurationError for anything else."""
    match = _DURATION.match(value) if isinstance(value, str) else None
    if match is None:
        raise DurationError(f"expected a duration, found {_shown(value)}", _hint(value))
    seconds = float(match[1]) * _UNITS[match[2]]
    if seconds > LONGEST:
        raise DurationError(f"expected a duration of at most 24h, found {value}", "write less")
    return seconds


def format_duration(seconds: float) -> str:
    """A duration in the unit that reads best: ``0s``, ``2.5ms``, ``480ms``, ``1.25s``, ``20m``."""
    if seconds >= 600 and seconds % 60 == 0:
        return f"{seconds / 60:g}m"
    if seconds >= 0.9995 or seconds <= 0:
        return f"{_trimmed(f'{seconds:.2f}')}s"
    millis = seconds * 1000
    return f"{_trimmed(f'{millis:.1f}') if millis < 10 else round(millis)}ms"


def _trimmed(figure: str) -> str:
    return figure.rstrip("0").rstrip(".")


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value[:40]}'"
    return f"{value:g}" if isinstance(value, int | float) else "no text"


def _hint(value: object) -> str:
    near = re.match(_NEAR, str(value)) if not isinstance(value, bool) else None
    if near is not None:
        unit = near[2]
        known = unit if unit in _UNITS else _WORDS.get(unit.lower())
        if known is not None:
            return f"write {near[1]}{known}"
        if not unit:
            return f"a duration has a unit: write {near[1]}s or {near[1]}ms"
    return "a number and its unit: 250ms, 1.5s, 2m, 1h"
