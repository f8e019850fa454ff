"""Annotations for GitHub: workflow commands that put each fault on its line of the scenario.

GitHub shows ten errors and ten warnings of a step and drops the rest without a word, so the last
of each says how many there are besides.
"""

from __future__ import annotations

from collections.abc import Iterator

from rtdebug.model.results import Report
from rtdebug.reports.faults import Fault, all_faults, from_here
from rtdebug.reports.figures import counted
from rtdebug.safe import one_line, safe

MOST = 9  # of errors, and of warnings
_LONGEST = 4000  # characters of one annotation


def render(report: Report) -> str:
    """The workflow commands, a line each; empty where there is nothing to say."""
    rows = all_faults(report)
    errors = [one for one in rows if one.fails]
    others = [one for one in rows if not one.fails]
    return "".join(f"{line}\n" for line in (*_some(errors, "error"), *_some(others, "warning")))


def _some(rows: list[Fault], level: str) -> Iterator[str]:
    for fault in rows[:MOST]:
        yield _annotation(fault, level)
    if len(rows) > MOST:
        words = counted(len(rows) - MOST, f"more {level}")
        yield f"::{level} title=rtdebug::and {words}, in the summary of this job"


def _annotation(fault: Fault, level: str) -> str:
    place = fault.place
    where = (
        {"file": from_here(place.path), "line": place.line, "col": place.column} if place else {}
    )
    properties = {**where, "title": one_line(fault.name, 200)}
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    times = f" (seen {fault.times} times)" if fault.times > 1 else ""
    head = f"{one_line(fault.who, 200)}: {one_line(fault.title, 300)}{times}"
    text = safe("\n".join((head, "", *fault.lines())))
    return f"::{level} {told}::{_data(text[:_LONGEST])}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(safe(text)).replace(":", "%3A").replace(",", "%2C")
