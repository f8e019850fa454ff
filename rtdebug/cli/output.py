"""Where reports go: files, stdout for one format, and people's text to whatever is left."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from rtdebug.errors import UnreadableError, UsageError
from rtdebug.model.results import Report
from rtdebug.reports.formats import FORMATS, Look


@dataclass(frozen=True, slots=True)
class Wanted:
    """One report that was asked for; ``path`` None is stdout."""

    format: str
    path: Path | None


def parse_reports(texts: Sequence[str]) -> tuple[Wanted, ...]:
    """``FORMAT[=FILE]`` of the command line. Raises UsageError."""
    wanted = tuple(_parsed(text) for text in texts)
    if sum(1 for one in wanted if one.path is None and one.format != "terminal") > 1:
        raise UsageError(
            "two reports were asked for on stdout",
            "give all but one a file: --report junit=out.xml",
        )
    return wanted


def _parsed(text: str) -> Wanted:
    name, _, file = text.partition("=")
    if name not in FORMATS:
        raise UsageError(
            f"unknown report format {name!r}; expected one of: {', '.join(FORMATS)}",
            "write --report json or --report junit=results.xml",
        )
    return Wanted(name, Path(file) if file and file != "-" else None)


def publish(report: Report, wanted: Sequence[Wanted], look: Look, color: str) -> None:
    """Writes every report; people's text goes to stderr where stdout belongs to a program."""
    taken = False
    for one in wanted:
        if one.format == "terminal" and one.path is None:
            continue
        text = FORMATS[one.format](report, replace(look, width=100))
        if one.path is None:
            taken = True
            sys.stdout.write(text)
        else:
            _write(one.path, text)
    stream = sys.stderr if taken else sys.stdout
    stream.write(FORMATS["terminal"](report, fitted(look, stream, color)))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UnreadableError(
            f"the report {path} cannot be written: {error.strerror}", "choose another place"
        ) from None


def fitted(look: Look, stream: TextIO, color: str) -> Look:
    """How a stream can show it: its width, its colours, its characters."""
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
    return replace(
        look,
        width=shutil.get_terminal_size((100, 24)).columns,
        color=wants_color(stream, color),
        unicode=encoding.startswith("utf"),
    )


def wants_color(stream: TextIO, color: str) -> bool:
    """--color, then NO_COLOR and FORCE_COLOR, then whether it is a terminal that can."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
