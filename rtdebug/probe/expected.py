"""Expected failures: a file that says which cases a server is known not to pass, and the exit code
that is left when they are taken off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from rtdebug.errors import (
    EXIT_BAD,
    EXIT_EMPTY,
    EXIT_GOOD,
    EXIT_INTERRUPTED,
    EXIT_NO_SESSION,
    UnreadableError,
    UsageError,
)
from rtdebug.model.findings import Severity
from rtdebug.model.probed import CaseResult, CaseVerdict
from rtdebug.model.value import Value, replace
from rtdebug.safe import one_line
from rtdebug.spelling import did_you_mean

_LARGEST = 1024 * 1024


class Expected(Value):
    """The names of cases that may fail."""

    names: frozenset[str] = frozenset()


def read_expected(path: Path, known: Collection[str]) -> Expected:
    """The names in a file: one a line, a reason behind a ``#``. Raises UnreadableError for a file
    that cannot be read, and UsageError for a name that no case has."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST).decode()
    except UnicodeDecodeError:
        raise UnreadableError(f"{path}: not UTF-8", "one name of a case a line") from None
    except OSError as problem:
        raise UnreadableError(
            f"{path}: cannot be read: {problem.strerror}", "name a file with a case a line"
        ) from None
    names = set()
    for number, line in enumerate(text.splitlines(), 1):
        name = line.partition("#")[0].strip()
        if name and name not in known:
            raise UsageError(
                f"{path}:{number}: there is no case {one_line(name, 60)!r}",
                did_you_mean(name, known) or "see rtdebug probe --list",
            )
        names |= {name} if name else set()
    return Expected(frozenset(names))


def marked(
    results: Sequence[CaseResult], expected: Expected
) -> tuple[tuple[CaseResult, ...], tuple[str, ...]]:
    """The results with those marked that were expected not to be ok, and the names of those that
    were expected so and are ok."""
    stale = tuple(
        one.name for one in results if one.name in expected.names and one.verdict is CaseVerdict.OK
    )
    return tuple(
        replace(one, expected=True)
        if one.name in expected.names and one.verdict is not CaseVerdict.OK
        else one
        for one in results
    ), stale


def exit_code(
    results: Sequence[CaseResult],
    stale: Sequence[str],
    fail_on: Severity | None,
    *,
    refused: bool,
    interrupted: bool,
) -> int:
    """What the matrix comes to; a departure that still works is as bad as a warning."""
    if interrupted:
        return EXIT_INTERRUPTED
    if refused:
        return EXIT_NO_SESSION
    if all(one.verdict is CaseVerdict.NOT_JUDGED for one in results):
        return EXIT_EMPTY
    left = {one.verdict for one in results if not one.expected}
    bad = any(one.is_bad for one in left) or (
        fail_on is Severity.WARNING and CaseVerdict.NON_STRICT in left
    )
    if fail_on is not None and (bad or stale):
        return EXIT_BAD
    return EXIT_EMPTY if CaseVerdict.NOT_JUDGED in left else EXIT_GOOD
