"""Options for a baseline: what is known to be bad and does not count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from rtdebug.cli.options import Command
from rtdebug.errors import UnreadableError, UsageError
from rtdebug.model.results import Report


def baseline_options(command: Command) -> Command:
    """--baseline and --write-baseline."""
    for option in (
        click.option("--write-baseline", is_flag=True,
                     help="Write what is bad now to the --baseline FILE."),
        click.option("--baseline", type=click.Path(path_type=Path), metavar="FILE",
                     help="What is known to be bad and does not count."),
    ):  # fmt: skip
        command = option(command)
    return command


def baseline_of(baseline: Path | None, *, write: bool) -> Callable[[Report], Report]:
    """What is done with a report before it is published; raises for a file that is no baseline
    before anything is played."""
    if write and baseline is None:
        raise UsageError("--write-baseline needs a file", "add --baseline FILE")
    if baseline is None:
        return lambda report: report
    from rtdebug.api import baseline as baselines

    if not write and not baseline.exists():
        raise UnreadableError(
            f"there is no baseline {baseline}", "make it: add --write-baseline once"
        )
    known = None if write else baselines.load_baseline(baseline)

    def applied(report: Report) -> Report:
        if write:
            baselines.write_baseline(baseline, report.runs)
        return baselines.apply_baseline(report, known or baselines.load_baseline(baseline))

    return applied
