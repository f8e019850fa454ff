"""rtdebug mock --judge: grades a client by what it does before servers that go wrong."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from rtdebug.api.grading import Grading, client_cases, grade, plan
from rtdebug.api.surroundings import parse_variable
from rtdebug.cli.known_secrets import named_patterns
from rtdebug.cli.output import look, parse_reports, publish
from rtdebug.cli.progress import probing
from rtdebug.cli.streams import put, tell
from rtdebug.errors import EXIT_GOOD, UsageError
from rtdebug.reports.figures import counted, duration
from rtdebug.reports.matrix_formats import MATRIX_FORMATS
from rtdebug.spelling import did_you_mean

if TYPE_CHECKING:
    from rtdebug.probe.client_case import ClientCase

DEFAULT_SUITE = "client"
_TIMEOUT = 40.0


def judge(
    argv: tuple[str, ...],
    options: Mapping[str, object],
    *,
    suite: str | None,
    only: Sequence[str],
    timeout: float | None,
    more: Sequence[str],
    tls: bool,
    reports: Sequence[str],
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Runs the command once a case, and reports. ``options`` are those that say what a mock serves,
    which the cases say here."""
    given = [f"--{name}" for name, value in options.items() if value]
    if given:
        raise UsageError(
            f"--judge and {given[0]} both say what is served",
            "leave one of them out; --suite FILE takes cases of your own",
        )
    cases = _chosen(client_cases(suite or DEFAULT_SUITE), only)
    if not argv:
        raise UsageError(
            "--judge needs the command of a client, and got none",
            "write it last: rtdebug mock --judge -- python app.py",
        )
    wanted = parse_reports(reports, MATRIX_FORMATS)
    secrets = named_patterns((*(f"{name}={one}" for name, one in os.environ.items()), *argv))
    grading = Grading(
        argv, cases, timeout or _TIMEOUT, tls, tuple(map(parse_variable, more)), secrets
    )
    if not quiet:
        expected = plan(grading)
        tell(f"{counted(expected.cases, 'run')} in at most {duration(expected.seconds)}\n")
    with probing(len(cases), quiet=quiet, color=color) as told:
        matrix = grade(grading, told or (lambda result: None))
    look_ = look(verbose=verbose, quiet=quiet, timeline="")
    publish(matrix, wanted, look_, color, formats=MATRIX_FORMATS)
    return matrix.exit_code


def list_cases(suite: str | None, only: Sequence[str]) -> int:
    """The cases, one a line."""
    cases = _chosen(client_cases(suite or DEFAULT_SUITE), only)
    wide = max(len(one.name) for one in cases)
    put("".join(f"{one.number:>4}  {one.name:<{wide}}  {one.title}\n" for one in cases))
    return EXIT_GOOD


def _chosen(cases: tuple[ClientCase, ...], only: Sequence[str]) -> tuple[ClientCase, ...]:
    for wanted in only:
        if not any(_is(case, wanted) for case in cases):
            hint = did_you_mean(wanted, [case.name for case in cases])
            raise UsageError(
                f"--only {wanted[:60]}: there is no such case",
                hint or "see rtdebug mock --judge --list",
            )
    # The first is the ground of the others: whether the command ends by itself at all.
    return tuple(
        case for case in cases if not only or case.number == 1 or any(_is(case, o) for o in only)
    )


def _is(case: ClientCase, wanted: str) -> bool:
    return wanted == str(case.number) or fnmatchcase(case.name, wanted)
