"""Keeping a run: its folder before it begins, its report when it has been told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rtdebug.api.run_folder import RunFolder
    from rtdebug.model.results import Report


def folder(*, keep: bool) -> RunFolder | None:
    """Where the run at hand is kept; None where that is not wanted."""
    if not keep:
        return None
    from rtdebug.api.run_folder import RunFolder

    return RunFolder()


def save(kept: RunFolder | None, report: Report, *, quiet: bool) -> None:
    """Keeps the report; where it is bad, says to a person how to see it again."""
    if kept is None:
        return
    from rtdebug.cli.known_secrets import redactor_of_errors
    from rtdebug.cli.streams import tell

    clean = redactor_of_errors().text
    name = kept.save(report, [clean(one) for one in sys.argv[1:]])
    if name is not None and report.exit_code and not quiet and sys.stderr.isatty():
        tell(f"kept: rtdebug show {name}\n")
