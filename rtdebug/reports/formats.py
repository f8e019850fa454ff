"""The table of report formats: a name, and what turns a report into text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rtdebug.model.results import Report
from rtdebug.model.value import Value


class Look(Value):
    """What the place a report is written to can show, and how much is asked for.

    Formats for programs take from it what concerns them: only ``timeline_all``.
    """

    width: int = 80
    color: bool = False
    unicode: bool = True
    verbose: bool = False
    quiet: bool = False
    timeline_all: bool = False


Format = Callable[[Report, Look], str]


def _terminal(report: Report, look: Look) -> str:
    from rtdebug.reports.terminal import render

    return render(
        report,
        width=look.width,
        color=look.color,
        unicode=look.unicode,
        verbose=look.verbose,
        quiet=look.quiet,
    )


def _json(report: Report, look: Look) -> str:
    from rtdebug.reports.json_report import render

    return render(report, timeline_all=look.timeline_all)


def _junit(report: Report, look: Look) -> str:
    from rtdebug.reports.junit import render

    return render(report)


def _html(report: Report, look: Look) -> str:
    from rtdebug.reports.page.document import render

    return render(report)


FORMATS: Mapping[str, Format] = {
    "terminal": _terminal,
    "json": _json,
    "junit": _junit,
    "html": _html,
}
"""Format name -> function; the modules are imported when a format is used."""
