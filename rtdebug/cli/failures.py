"""Errors that end a command, told once: to people in lines, to programs as one JSON object."""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING

import click

from rtdebug import __version__
from rtdebug.cli.known_secrets import redactor_of_errors
from rtdebug.cli.streams import tell as write
from rtdebug.errors import DocumentError, RtdebugError
from rtdebug.model.results import Outcome, Report
from rtdebug.safe import safe

if TYPE_CHECKING:
    from rtdebug.model.probed import Matrix

ISSUES = "the issue tracker of rtdebug"


def tell(error: RtdebugError, *, as_json: bool) -> None:
    """An error of a kind we know."""
    if as_json:
        _json(error.code, str(getattr(error, "location", "")), error.message, error.hint)
    elif isinstance(error, DocumentError):
        from rtdebug.reports.document_error import render

        _say(render(error))
    else:
        _say(f"error: {error.message}" + (f"\n   = help: {error.hint}" if error.hint else ""))


def tell_usage(error: click.ClickException, *, as_json: bool) -> None:
    """A command line that click refuses."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "rtdebug"
    hint = f"see {path} --help"
    message = " ".join(error.format_message().split())
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        if not as_json:
            write(error.format_message() + "\n\n")
        message, hint = "expected a command, got none", "type rtdebug run text-turn to see it work"
    elif isinstance(error, click.MissingParameter) and isinstance(error.param, click.Argument):
        message = f"{path} needs {(error.param.metavar or '').rstrip('.')}, and got none"
        hint = f"type for example {_example(context)}; {hint}"
    if as_json:
        _json("usage", "", message, hint)
    else:
        _say(f"error: {message}\n   = help: {hint}")


def _example(context: click.Context | None) -> str:
    """The first example that the help of a command gives."""
    epilog = (context.command.epilog if context is not None else "") or ""
    lines = (line.strip() for line in epilog.splitlines())
    found = next((line for line in lines if line.startswith("rtdebug ")), "rtdebug --help")
    return found.partition("  ")[0]


def tell_no_session(report: Report | Matrix) -> None:
    """A report that came to no session, for programs that read stderr only."""
    if not isinstance(report, Report):
        _json("no-session", "", report.refused, "see that URL, key and network are right")
        return
    bad = [run for run in report.runs if run.outcome is Outcome.ERROR]
    finding = next((one for run in bad for one in run.findings), None)
    message = f"{finding.name}: {finding.title}" if finding else "no session came about"
    many = f"{bad[0].name}: " if len(report.runs) > 1 else ""
    _json("no-session", "", many + message, finding.fix if finding else "")


def tell_bug(error: Exception, *, as_json: bool) -> None:
    """A bug of our own: what to report, and no traceback unless it is asked for."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno}"
    message = f"a bug in rtdebug {__version__}: {type(error).__name__} at {where}: {error}"
    hint = (
        f"please report this line to {ISSUES} with the command and, if you can, the capture; "
        "RTDEBUG_TRACEBACK=1 shows more"
    )
    if as_json:
        _json("internal-error", where, message, hint)
    else:
        _say(f"error: {message}\n   = help: {hint}")
    if os.environ.get("RTDEBUG_TRACEBACK"):
        write(redactor_of_errors().text("".join(traceback.format_exception(error))))


def _json(code: str, where: str, message: str, hint: str) -> None:
    import json

    text = f"{where}: {message}" if where else message
    clean = redactor_of_errors().text
    body = {"code": code, "message": clean(safe(text)), "hint": clean(safe(hint))}
    write(json.dumps({"error": body}) + "\n")


def _say(text: str) -> None:
    write(redactor_of_errors().text(safe(text)) + "\n")
