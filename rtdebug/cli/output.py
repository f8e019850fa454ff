"""Where reports go: files, stdout for one format, and people's text to whatever is left."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from rtdebug.api.whole_file import is_link, replace_whole
from rtdebug.cli.streams import as_utf8, put, tell
from rtdebug.errors import EXIT_NO_SESSION, UnreadableError, UsageError
from rtdebug.model.results import Report
from rtdebug.model.value import Value, replace
from rtdebug.reports.formats import FORMATS, Look
from rtdebug.spelling import did_you_mean

if TYPE_CHECKING:
    from rtdebug.model.probed import Matrix
    from rtdebug.reports.differences import Comparison
    from rtdebug.reports.page.keeping import Keeping

_PIPE_COLUMNS = 100
Reported = TypeVar("Reported", Report, "Matrix", "Comparison")


class WantedReport(Value):
    """One report that was asked for; ``path`` None is stdout."""

    format: str
    path: Path | None


def keeping_for(
    wanted: Sequence[WantedReport], *, live: bool = False, sound: bool = False
) -> Keeping | None:
    """What keeps messages for a page, where one was asked for: ask before anything is judged.
    ``live``: somebody looks on meanwhile; ``sound``: it is kept too. Raises UsageError."""
    if not live and not any(one.format == "html" for one in wanted):
        if sound:
            raise UsageError(
                "--embed-audio: there is no page to put it in", "add --report html=report.html"
            )
        return None
    from rtdebug.reports.page.keeping import Keeping
    from rtdebug.reports.page.recording import SoundRoom

    return Keeping(live=live, room=SoundRoom() if sound else None)


def look(*, verbose: bool, quiet: bool, timeline: str) -> Look:
    """How a report is to look, by the options of every command that prints one."""
    return Look(verbose=verbose, quiet=quiet, timeline_all=timeline == "all")


def parse_reports(
    texts: Sequence[str], formats: Mapping[str, Any] = FORMATS
) -> tuple[WantedReport, ...]:
    """``FORMAT[=FILE]`` of the command line, each at a place that can be written.

    Raises UsageError and UnreadableError, before anything is done that a report could be about.
    """
    wanted = tuple(_parsed(text, formats) for text in texts)
    if sum(1 for one in wanted if one.path is None and one.format != "terminal") > 1:
        raise UsageError(
            "two reports were asked for on stdout",
            "give all but one a file: --report junit=out.xml",
        )
    paths = [one.path for one in wanted if one.path is not None]
    for path in paths:
        if paths.count(path) > 1:
            raise UsageError(f"two reports were asked for in {path}", "give each its own file")
        _writable(path)
    return wanted


def _parsed(text: str, formats: Mapping[str, Any]) -> WantedReport:
    name, equals, file = text.partition("=")
    if name not in formats:
        near = did_you_mean(name, formats, limit=0)
        if name == "ndjson":
            near = "ndjson is a stream of what comes: rtdebug tail writes it"
        raise UsageError(
            f"unknown report format {name[:60]!r}; expected one of: {', '.join(formats)}",
            near or f"write --report json or --report {list(formats)[-1]}=FILE",
        )
    if equals and not file:
        raise UsageError(
            f"--report {text}: expected a file after the =",
            f"write --report {name}=FILE, or --report {name} for stdout",
        )
    return WantedReport(name, Path(file) if file and file != "-" else None)


def refuse_link(path: Path) -> None:
    """Raises UnreadableError for a symbolic link: whoever made it chose what is overwritten."""
    if is_link(path):
        raise UnreadableError(
            f"the report {path} is a symbolic link, and no report is written through one",
            "name the file itself",
        )


def _writable(path: Path) -> None:
    folder = path.parent
    refuse_link(path)
    if path.is_dir():
        raise UnreadableError(f"the report {path} would be a folder", "name a file in it")
    if not folder.is_dir():
        raise UnreadableError(
            f"the report {path} cannot be written: there is no folder {folder}",
            "make the folder first, or choose another place",
        )
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise UnreadableError(
            f"the report {path} may not be written by this user", "choose another place"
        )


def publish(
    report: Reported,
    wanted: Sequence[WantedReport],
    look: Look,
    color: str,
    *,
    people: Callable[[Reported, Look], str] | None = None,
    formats: Mapping[str, Callable[[Any, Look], str]] = FORMATS,
    streamed: bool = False,
) -> None:
    """Writes every report: files first, then stdout; the text of ``people`` goes to stderr where
    stdout belongs to a program, as it does when a report was ``streamed`` there. Whatever cannot
    be written is told after the rest has been."""
    failed = _write_files(report, wanted, look, formats)
    if isinstance(report, Report) and any(one.format == "github" for one in wanted):
        failed = _write_summary(report) or failed
    taken = next((w for w in wanted if w.path is None and w.format != "terminal"), None)
    if taken is not None:
        as_utf8(sys.stdout)
        put(formats[taken.format](report, replace(look, width=100)))
    stream, write = (sys.stderr, tell) if taken or streamed else (sys.stdout, put)
    write((people or formats["terminal"])(report, fitted(look, stream, color)))
    if taken is not None and taken.format == "json" and report.exit_code == EXIT_NO_SESSION:
        from rtdebug.cli.failures import tell_no_session
        from rtdebug.reports.differences import Comparison

        assert not isinstance(report, Comparison)  # of recordings, which need no session
        tell_no_session(report)
    if failed is not None:
        raise failed


def _write_files(
    report: Any,
    wanted: Sequence[WantedReport],
    look: Look,
    formats: Mapping[str, Callable[[Any, Look], str]],
) -> UnreadableError | None:
    failed = None
    for one in wanted:
        if one.path is None:
            continue
        text = formats[one.format](report, replace(look, width=100))
        try:
            replace_whole(one.path, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            failed = UnreadableError(
                f"the report {one.path} cannot be written: {error.strerror or error}",
                "choose another place",
            )
    return failed


def _write_summary(report: Report) -> UnreadableError | None:
    """The summary of a job of GitHub, behind what its other steps have said of themselves."""
    from rtdebug.reports.markdown import MOST, render

    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return None
    try:
        with open(name, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(render(report, MOST - file.tell()))
    except OSError as error:
        words = f"the summary {name} cannot be written: {error.strerror or error}"
        return UnreadableError(words, "GITHUB_STEP_SUMMARY names a file of the runner")
    return None


def fitted(look: Look, stream: TextIO, color: str) -> Look:
    """How a stream can show it: its width, its colours, its characters."""
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
    return replace(
        look,
        width=_columns(),
        color=wants_color(stream, color),
        unicode=encoding.startswith("utf"),
    )


def _columns() -> int:
    """As shutil.get_terminal_size says; importing shutil takes longer than most reports."""
    try:
        given = int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        given = 0
    if given > 0:
        return given
    try:
        seen = os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):  # closed, or no terminal
        seen = 0
    return seen or _PIPE_COLUMNS


def wants_color(stream: TextIO, color: str) -> bool:
    """--color, then NO_COLOR and FORCE_COLOR, then whether it is a terminal that can."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
