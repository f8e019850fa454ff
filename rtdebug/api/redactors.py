"""Makes the redactor of a command from the patterns a user adds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rtdebug.errors import UsageError
from rtdebug.redaction import DEFAULT, Redactor


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
