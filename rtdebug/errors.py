"""Errors that end a command.

RtdebugError (70)
+-- UsageError (2)         the command line is wrong
+-- DocumentError (2)      a file a person wrote is wrong, at file:line:column
+-- UnreadableError (2)    a file cannot be read or written
"""

from __future__ import annotations

from rtdebug.model.results import Location

EXIT_GOOD = 0
EXIT_BAD = 1
EXIT_USAGE = 2
EXIT_NO_SESSION = 3
EXIT_EMPTY = 4
EXIT_BUG = 70
EXIT_INTERRUPTED = 130


class RtdebugError(Exception):
    """Base of all; ``message`` says what was expected and seen, ``hint`` what to do."""

    exit_code = EXIT_BUG
    code = "internal-error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(RtdebugError):
    """The command line is wrong."""

    exit_code = EXIT_USAGE
    code = "usage"


class UnreadableError(RtdebugError):
    """A file or folder cannot be read or written."""

    exit_code = EXIT_USAGE
    code = "unreadable"


class DocumentError(RtdebugError):
    """A document a person wrote is wrong at one place.

    ``line_text`` is the source line as written, for the caret; ``width`` is how many characters
    the caret underlines.
    """

    exit_code = EXIT_USAGE
    code = "invalid-document"

    def __init__(
        self,
        message: str,
        location: Location,
        hint: str = "",
        *,
        line_text: str = "",
        width: int = 1,
    ) -> None:
        super().__init__(message, hint)
        self.location = location
        self.line_text = line_text
        self.width = width
