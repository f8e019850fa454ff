"""The report for people at a terminal or in the log of a pipeline.

A run that passed is one line; a run that did not is one screen that says what is missing, since
when, what it means, what it cannot be and what to do. Rich is imported for such screens alone.
"""

from __future__ import annotations

from rtdebug.model.results import Report
from rtdebug.reports.signs import signs, without_commands
from rtdebug.reports.verdict import bad_lines, passed_lines, summary_lines

_NARROWEST = 40


def render(
    report: Report,
    *,
    width: int,
    color: bool,
    unicode: bool = True,
    verbose: bool = False,
    quiet: bool = False,
) -> str:
    """``report`` as text for ``width`` columns, ending in a newline unless it is empty.

    ``quiet`` leaves out what passed and shortens what failed; ``verbose`` shows every step, every
    response and the whole ladder.
    """
    marks = signs(unicode)
    width = max(width, _NARROWEST)
    blocks: list[str] = []
    for run in report.runs:
        passed = run.outcome.is_good
        if quiet:
            blocks += [] if passed else bad_lines(run, marks, color=color)
        elif passed and not verbose:
            blocks += passed_lines(run, marks, color=color, width=width)
        else:
            from rtdebug.reports.screen import draw

            screen = draw(run, report, marks, width=width, color=color, verbose=verbose)
            blocks += ([""] if blocks and blocks[-1] else []) + [screen, ""]
    if "" in blocks and blocks[-1]:  # after a screen the sum stands apart from the last line
        blocks.append("")
    if not quiet or report.exit_code:
        blocks += summary_lines(report, marks, color=color, named=not quiet)
    return without_commands("".join(f"{block}\n" for block in blocks))
