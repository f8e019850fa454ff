"""The standard streams as they may be: closed by the caller, read by nobody any more, ASCII."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

from rtdebug.errors import UnreadableError


def prepare() -> None:
    """A stream that the caller closed swallows what is written; none fails on a character."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def as_utf8(stream: TextIO) -> None:
    """JSON and XML are UTF-8 whatever a locale says; escapes of Python are no JSON."""
    if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() not in ("utf-8", "utf8"):
        stream.reconfigure(encoding="utf-8")


def put(text: str) -> None:
    """Writes ``text`` to stdout at once; a reader that has gone (``| head``) has read enough.

    Raises UnreadableError where the rest cannot be written, as on a full disk.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        forget(sys.stdout)
    except OSError as error:
        forget(sys.stdout)
        raise UnreadableError(
            f"the standard output cannot be written: {error.strerror or error}",
            "write to another place",
        ) from None


def put_row(lead: str, text: str) -> None:
    """One row of a list; on a terminal what finds no room goes on below itself."""
    if not sys.stdout.isatty():
        put(f"{lead}{text}\n")
        return
    import shutil
    import textwrap

    width = max(shutil.get_terminal_size().columns, len(lead) + 20)
    indent = " " * len(lead)
    lines = textwrap.wrap(text, width, initial_indent=lead, subsequent_indent=indent,
                          break_on_hyphens=False)  # fmt: skip
    put("\n".join(lines or [lead]) + "\n")


def tell(text: str) -> None:
    """Writes ``text`` to stderr; where that fails there is nobody left to tell."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        forget(sys.stderr)


def forget(*streams: TextIO) -> None:
    """Nobody reads these any more; nothing may be written there, not at exit either."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        os.dup2(nowhere, stream.fileno())
