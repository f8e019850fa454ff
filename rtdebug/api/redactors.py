"""The redactor of a command, and a run on its way into a report."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rtdebug.errors import UsageError
from rtdebug.model.results import Run
from rtdebug.redaction import DEFAULT, Redactor
from rtdebug.secrets.masker import cleaned

_CLEAN = frozenset({"timeline"})  # the session has made its rows without secrets


def redactor_of(patterns: Sequence[str]) -> Redactor:
    """A redactor with the user's patterns. Raises UsageError for one that is no expression."""
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise UsageError(
                f"--redact {pattern!r} is no regular expression: {error}",
                "escape characters such as ( [ . * with a backslash",
            ) from None
    return Redactor(patterns) if patterns else DEFAULT


def outgoing(run: Run, redactor: Redactor) -> Run:
    """A run as it may be reported: every text in it without secrets, whoever wrote it."""
    return cleaned(run, redactor.text, _CLEAN)
