"""The report for people at a terminal or in the log of a pipeline.

A run that passed is one line; a run that did not is one screen that says what is missing, since
when, what it means, what it cannot be and what to do. Of several that did not the names stand first
and last. Rich is imported for such screens alone.
"""

from __future__ import annotations

from rtdebug.model.results import Report, Run
from rtdebug.reports.ansi import DIM, paint
from rtdebug.reports.places import is_shipped
from rtdebug.reports.signs import Signs, signs, without_commands
from rtdebug.reports.verdict import (
    bad_lines,
    bad_names,
    counts_line,
    passed_lines,
    summary_lines,
)

_NARROWEST = 40
_MANY = 2  # bad runs from which on they are listed first as well
_NEXT = (
    "next: rtdebug run stalled-after-created   what a failure looks like",
    "      rtdebug diagnose FILE               judge a log of your own",
    "      rtdebug tail --help                 watch your app talk to its server",
)


def render(
    report: Report,
    *,
    width: int,
    color: bool,
    unicode: bool = True,
    verbose: bool = False,
    quiet: bool = False,
    told: bool = False,
) -> str:
    """``report`` as text for ``width`` columns, ending in a newline unless it is empty.

    ``quiet`` leaves out what passed and shortens what failed; ``verbose`` shows every step, every
    response and the whole ladder; ``told`` leaves out the lines that :func:`run_line` gave already.
    """
    marks = signs(unicode)
    width = max(width, _NARROWEST)
    runs = report.runs
    bad = sum(not run.outcome.is_good for run in runs)
    blocks = (
        [] if quiet or told or bad < _MANY else [*_failed_first(report, marks, color, width), ""]
    )
    for run in runs:
        passed = run.outcome.is_good
        if quiet:
            blocks += [] if told else _short(run, len(runs) > 1, marks, color, width)
        elif passed and not verbose:
            blocks += [] if told else passed_lines(run, marks, color=color, width=width)
        elif run.excused and not verbose:
            blocks += [] if told else bad_names([run], marks, color=color, width=width)
        else:
            from rtdebug.reports.screen import draw

            screen = draw(run, report, marks, width=width, color=color, verbose=verbose)
            blocks += ([""] if blocks and blocks[-1] else []) + [screen, ""]
    if "" in blocks and blocks[-1]:  # after a screen the sum stands apart from the last line
        blocks.append("")
    if not quiet or report.exit_code:
        blocks += summary_lines(report, marks, color=color, width=width, named=not quiet)
    if not quiet:
        blocks += _next_steps(report, color)
    return without_commands("".join(f"{block}\n" for block in blocks))


def run_line(run: Run, *, width: int, color: bool, unicode: bool, quiet: bool) -> str:
    """One run as it ends, in a line or a few; ``quiet`` only where it is bad."""
    marks, width = signs(unicode), max(width, _NARROWEST)
    if not run.outcome.is_good:
        told = bad_names([run], marks, color=color, width=width)
    else:
        told = [] if quiet else passed_lines(run, marks, color=color, width=width)
    return without_commands("".join(f"{line}\n" for line in told))


def _failed_first(report: Report, marks: Signs, color: bool, width: int) -> list[str]:
    """What failed, before the screens that tell why: they are long, and the sum is at their end."""
    names = bad_names(report.runs, marks, color=color, width=width)
    return [counts_line(report, marks, color=color), *names]


def _short(run: Run, several: bool, marks: Signs, color: bool, width: int) -> list[str]:
    """A bad run in one line of several, or in a few where there is only one."""
    if run.outcome.is_good:
        return []
    if several:
        return bad_names([run], marks, color=color, width=width)
    return bad_lines(run, marks, color=color)


def _next_steps(report: Report, color: bool) -> list[str]:
    """What there is to do after the first scenario that ships has passed."""
    if len(report.runs) != 1 or report.exit_code:
        return []
    run = report.runs[0]
    if not run.steps or run.source is None or not is_shipped(run.source.path):
        return []
    return ["", *(paint(line, DIM, color=color) for line in _NEXT)]
