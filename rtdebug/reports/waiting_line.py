"""The line that says what is waited for: since when, and when that counts as a fault.

``waiting for response.done of resp_1 · 6.2 s · counts as stalled at 10 s``
"""

from __future__ import annotations

from collections.abc import Sequence

from rtdebug.model.results import Owed
from rtdebug.reports.figures import duration, short_ids
from rtdebug.reports.signs import Signs

_WORTH = 1.0  # seconds of waiting that are worth a line


def waiting_line(owed: Sequence[Owed], now: float, signs: Signs) -> str:
    """What has been waited for longest at ``now``, in seconds of the session; empty where nothing
    is owed, or only just. What counts as a fault already is told by its finding."""
    waits = [one for one in owed if now - one.since >= _WORTH and not _is_over(one, now)]
    if not waits:
        return ""
    first = min(waits, key=lambda one: one.since)
    parts = [_waits_for(first), duration(now - first.since)]
    if first.until is not None:
        limit = duration(first.until - first.since).replace(".0 s", " s")
        parts.append(f"counts as {_fault(first)} at {limit}")
    if len(waits) > 1:
        parts.append(f"and {len(waits) - 1} more")
    return signs.line(f" {signs.dot} ".join(parts), 300)


def _is_over(one: Owed, now: float) -> bool:
    return one.until is not None and now >= one.until


def _waits_for(one: Owed) -> str:
    awaited = one.awaited or f"an answer to {one.what}"
    if one.subject:
        return f"waiting for {awaited} of {short_ids(one.subject)}"
    return f"waiting for {awaited}" + (f" to {one.what} #{one.event}" if one.event else "")


def _fault(one: Owed) -> str:
    return "stalled" if one.what == "response" else "unanswered"
