"""rtdebug show: opens what was kept of a run: its report again, and where its captures are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.options import report_options
from rtdebug.errors import EXIT_GOOD
from rtdebug.reports.places import shown_path
from rtdebug.safe import one_line

if TYPE_CHECKING:
    from rtdebug.api.run_folder import KeptRun
    from rtdebug.model.results import Report

EXAMPLES = """\b
Examples:
  rtdebug show                      the last run that was kept
  rtdebug show 20261201-061522      one of the runs before it
  rtdebug show last --report json
  rtdebug show capture.jsonl        a capture, judged again
  rtdebug show --list               what is kept

Kept are the last 50 runs of run, spy and tail --listen, under XDG_STATE_HOME
(~/.local/state/rtdebug/runs), readable by you alone, without secrets; with the
captures of those that went wrong. --no-keep or RTDEBUG_KEEP=0 keeps nothing.
The exit code is that of the run.
"""


@click.command(name="show", cls=ExamplesFirst, epilog=EXAMPLES)
@click.argument("what", metavar="[last|ID|CAPTURE]", default="last")
@click.option("--list", "listed", is_flag=True, help="List what is kept, the latest first.")
@report_options
def command(
    what: str,
    listed: bool,
    reports: tuple[str, ...],
    timeline: str,
    quiet: bool,
    verbose: bool,
    color: str,
) -> int:
    """Open what was kept of a run: its report again, its captures."""
    from rtdebug.cli.output import look, parse_reports, publish
    from rtdebug.cli.streams import put_row, tell

    if listed:
        for lead, text in _list():
            put_row(lead, text)
        return EXIT_GOOD
    wanted = parse_reports(reports)
    report, facts = _opened(what)
    publish(report, wanted, look(verbose=verbose, quiet=quiet, timeline=timeline), color)
    if not quiet:
        tell("".join(f"{fact}\n" for fact in facts))
    return report.exit_code


def _opened(what: str) -> tuple[Report, list[str]]:
    """The report of a run that was kept, or of a capture; and what else is known of it."""
    if os.path.exists(what):
        from rtdebug.api.diagnosing import diagnose_files

        return diagnose_files((what,)), []
    from rtdebug.api.run_folder import kept_run

    kept = kept_run(what)
    captures = [f"captured in {shown_path(str(path))}" for path in kept.captures]
    return kept.report, [f"run {kept.id}: {_line(kept)}", *captures]


def _list() -> list[tuple[str, str]]:
    from rtdebug.api.run_folder import kept_runs
    from rtdebug.reports.figures import outcome_of

    rows = [
        (f"{kept.id:18}  {outcome_of(kept.report.exit_code).value:11}  ", _line(kept))
        for kept in kept_runs()
    ]
    return rows or [("", "nothing is kept")]


def _line(kept: KeptRun) -> str:
    return one_line(f"rtdebug {' '.join(kept.command)}", 120)
