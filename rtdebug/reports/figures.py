"""Figures and fixed words of the reports: durations, counts, certainty, what an exit code means."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import accumulate
from unicodedata import east_asian_width

from rtdebug.errors import (
    EXIT_BAD,
    EXIT_BUG,
    EXIT_EMPTY,
    EXIT_GOOD,
    EXIT_INTERRUPTED,
    EXIT_NO_SESSION,
    EXIT_USAGE,
)
from rtdebug.model.findings import Certainty
from rtdebug.model.results import Outcome, TimelineRow

CERTAINTY_WORDS = {
    Certainty.CERTAIN: "certain",
    Certainty.HIGH: "high certainty",
    Certainty.MEDIUM: "medium certainty",
    Certainty.LOW: "low certainty",
}

EXIT_WORDS = {
    EXIT_BAD: "judged bad",
    EXIT_USAGE: "wrong usage, or a file that cannot be read",
    EXIT_NO_SESSION: "no session came about",
    EXIT_EMPTY: "nothing to judge, and silence is never a pass",
    EXIT_BUG: "a bug in rtdebug",
    EXIT_INTERRUPTED: "interrupted; this is what was seen so far",
}

_OUTCOMES = {
    EXIT_GOOD: Outcome.PASSED,
    EXIT_BAD: Outcome.FAILED,
    EXIT_EMPTY: Outcome.EMPTY,
    EXIT_INTERRUPTED: Outcome.INTERRUPTED,
}

_LONG_ID = r"\b[a-z]{2,8}_(?:[a-z0-9]{1,3}_)?(?=[a-z]*[A-Z0-9])([A-Za-z0-9]{12,})\b"
_SHORTEST = 12  # signs of an id behind its prefix


def outcome_of(exit_code: int) -> Outcome:
    """The outcome of a whole report, told by its exit code."""
    return _OUTCOMES.get(exit_code, Outcome.ERROR)


def duration(seconds: float) -> str:
    """``seconds`` as a person says it: 480 ms, 10.0 s, 2 min 5 s, 1 h 3 min."""
    if seconds < 0.9995:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def counted(number: int, noun: str) -> str:
    """``1 event``, ``1,204 events``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def short_ids(text: str) -> str:
    """``text`` with the long ids of a peer shortened to what still tells them apart on a screen.

    The head of an id may be shared by all ids of one second, so its tail is kept too.
    """
    # The expression is slow to find nothing, and most texts hold no long id.
    at = text.find("_")
    while at >= 0:
        behind = text[at + 1 : at + 1 + _SHORTEST]
        if len(behind) == _SHORTEST and behind.isalnum():
            return " ".join(_shortened(word) for word in text.split(" "))
        at = text.find("_", at + 1)
    return text


def _shortened(word: str) -> str:
    if len(word) <= _SHORTEST:
        return word
    pieces = []
    while match := re.search(_LONG_ID, word):
        begin, end = match.span(1)
        pieces.append(f"{word[: begin + 3]}…{word[end - 4 : end]}")
        word = word[end:]
    return "".join(pieces) + word


def fit(text: str, room: int, ending: str) -> str:
    """``text`` cut to ``room`` columns, with ``ending`` where something was cut off.

    East Asian signs take two columns; text in ASCII, which nearly all is, costs no look at each.
    """
    if text.isascii():
        if len(text) <= room:
            return text
        return text[: room - len(ending)] + ending if room > len(ending) else ""
    widths = list(accumulate(2 if east_asian_width(sign) in "WF" else 1 for sign in text))
    if widths[-1] <= room:
        return text
    kept = sum(width <= room - len(ending) for width in widths)
    return text[:kept] + ending if kept else ""


def shortened(name: str, room: int, mark: str) -> str:
    """The name of an event in at most ``room`` characters: its last words behind a ``mark``, for
    they tell most: ``…audio_transcript.delta``."""
    if len(name) <= room:
        return name
    begins = (match.end() for match in re.finditer("[._]", name))
    begin = next((at for at in begins if len(name) - at <= room - len(mark)), len(name))
    return mark + (name[begin:] or name[len(mark) - room :])


def columns(text: str) -> int:
    """How many columns of a terminal ``text`` takes."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def clock(rows: Sequence[TimelineRow]) -> Callable[[float], str]:
    """How the times of these rows are written: to the millisecond, in whole seconds where the
    record knows no better, and not at all where it knows nothing."""
    times = {row.at for row in rows}
    if len(times) < 2:
        return lambda at: f"{at:.3f} s" if at else ""
    if all(at == int(at) for at in times):
        return lambda at: f"{at:.0f} s"
    return lambda at: f"{at:.3f} s"
