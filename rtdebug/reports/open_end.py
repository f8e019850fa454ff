"""What was still open when a record ended, and how much of it was judged, in a few lines."""

from __future__ import annotations

from rtdebug.model.results import Owed, Run
from rtdebug.reports.figures import duration
from rtdebug.reports.signs import Signs

_SHOWN = 4


def open_lines(run: Run, signs: Signs) -> list[str]:
    """``open at the end: response.create #4, since 1.2 s, owed by the server``; empty where nothing
    is owed and all was judged."""
    lines = [f"open at the end: {_owed(one, run, signs)}" for one in run.open[:_SHOWN]]
    if len(run.open) > _SHOWN:
        lines.append(f"and {len(run.open) - _SHOWN:,} more that are open")
    return lines + _coverage(run, signs)


def _owed(one: Owed, run: Run, signs: Signs) -> str:
    words = [signs.line(one.what, 60)]
    if one.subject is not None:
        words[0] += f" {signs.line(one.subject, 40)}"
    if one.event is not None:
        words[0] += f" #{one.event}"
    if run.duration:  # a record without times does not tell
        words.append(f"since {duration(one.since)}")
    words.append(f"owed by the {one.owed_by}")
    return ", ".join(words)


def _coverage(run: Run, signs: Signs) -> list[str]:
    known = run.coverage
    if not known.unknown and not known.unread:
        return []
    parts = [f"{known.judged:,} judged"]
    if known.unknown:
        parts.append(f"{known.unknown:,} of types the pack does not know")
    if known.unread:
        parts.append(f"{known.unread:,} not read")
    lines = [f"coverage: {', '.join(parts)}"]
    if known.first_unread:
        lines.append(f"the first that was not read: {signs.line(known.first_unread, 80)}")
    return lines
