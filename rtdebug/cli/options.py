"""Options that several commands share."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from rtdebug.api.verdict import Strictness
from rtdebug.errors import UsageError
from rtdebug.model.findings import Severity
from rtdebug.scenario.durations import DurationError, parse_duration

Command = TypeVar("Command", bound=Callable[..., Any])
_VARIABLE = re.compile(r"\$\{env\.(\w+)\}", re.ASCII)


class Duration(click.ParamType[float]):
    """A duration above zero that carries its unit, in seconds."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):  # a default, in seconds
            return value
        try:
            seconds = parse_duration(value)
        except DurationError as error:
            self.fail(f"{error.message}; {error.hint}", param, ctx)
        if seconds <= 0:
            self.fail(f"expected a duration above zero, found {value}", param, ctx)
        return seconds


class Number(click.IntRange):
    """A whole number between two bounds, told in words when it is not one."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        bounds = f"expected a whole number from {self.min} to {self.max}"
        try:
            number = int(value)
        except ValueError:
            self.fail(f"{bounds}, found {str(value)[:40]!r}", param, ctx)
        if not (self.min or 0) <= number <= (self.max or number):
            self.fail(f"{bounds}, found {number}", param, ctx)
        return number


def strictness_options(command: Command) -> Command:
    """--select, --ignore and --fail-on; they arrive as those parameters."""
    for option in (
        click.option("--fail-on", type=click.Choice(["error", "warning", "never"]),
                     default="error", show_default=True,
                     help="From which severity on a finding makes the exit code 1."),
        click.option("--ignore", multiple=True, metavar="NAME",
                     help="Do not report this finding (globs such as close-*; repeatable)."),
        click.option("--select", multiple=True, metavar="NAME",
                     help="Report only this finding (globs; repeatable)."),
    ):  # fmt: skip
        command = option(command)
    return command


def report_options(command: Command) -> Command:
    """--report, --quiet, --verbose and --color."""
    return _reports(command, "terminal, json, junit or html; without FILE to stdout (repeatable).")


def streamed_report_options(command: Command) -> Command:
    """The same where there is something to report before the end."""
    return _reports(
        command,
        "terminal, json, junit or html at the end, ndjson as it goes; without FILE to stdout "
        "(repeatable).",
    )


def _reports(command: Command, formats: str) -> Command:
    for option in (
        click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto",
                     show_default=True, help="Colour; NO_COLOR and FORCE_COLOR count too."),
        click.option("-v", "--verbose", is_flag=True, help="Show every step and response."),
        click.option("-q", "--quiet", is_flag=True, help="Show only what is wrong."),
        click.option("--timeline", type=click.Choice(["bounded", "all"]), default="bounded",
                     help="How much of the timeline a JSON report holds."),
        click.option("--report", "reports", multiple=True, metavar="FORMAT[=FILE]",
                     help=formats),
    ):  # fmt: skip
        command = option(command)
    return command


def embed_audio_option(command: Command) -> Command:
    """--embed-audio, of commands that write a page."""
    return click.option(
        "--embed-audio", is_flag=True, help="Put the sound into an html report, to play it there."
    )(command)


def pack_option(command: Command) -> Command:
    """--pack."""
    return click.option(
        "--pack",
        metavar="NAME|PATH",
        help="The protocol: of rtdebug packs, or a folder.",
    )(command)


def redact_option(command: Command) -> Command:
    """--redact."""
    return click.option(
        "--redact", multiple=True, metavar="PATTERN",
        help="A regular expression of more that is secret (repeatable).",
    )(command)  # fmt: skip


def strictness(
    select: tuple[str, ...], ignore: tuple[str, ...], fail_on: str, pack: str | None
) -> Strictness:
    """The options as the api takes them.

    Raises UsageError where one of them names nothing that can be found.
    """
    for option, names in (("--select", select), ("--ignore", ignore)):
        for name in names:
            near = _nothing_of(name, pack)
            if near is not None:
                raise UsageError(f"{option} {name[:60]}: there is no such finding", near)
    severity = None if fail_on == "never" else Severity(fail_on)
    return Strictness(tuple(select), tuple(ignore), severity)


def _nothing_of(name: str, pack: str | None) -> str | None:
    """What was probably meant, where no finding has this name or fits this glob."""
    from fnmatch import filter as fitting

    from rtdebug.catalogue.book import names, nearest
    from rtdebug.packs.load import load_pack

    known = {*names(), *(load_pack(pack).errors.own if pack is not None else ())}
    if name in known or fitting(known, name):
        return None
    near = nearest(name)
    return f"did you mean {', '.join(near)}?" if near else "see rtdebug rules for all names"


def filled(header: str) -> str:
    """A header whose ``${env.NAME}`` are replaced, so that a key need not be on a command line."""

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1])
        if not found:
            raise UsageError(
                f"--header: the environment variable {match[1]} is not set", f"export {match[1]}=…"
            )
        return found

    return _VARIABLE.sub(value, header)


def environment_secrets(headers: Iterable[str]) -> tuple[str, ...]:
    """Patterns of the secrets that headers take from the environment: a peer may echo them."""
    from rtdebug.redaction import SHORTEST_SECRET
    from rtdebug.scenario.substitution import looks_secret

    names = {name for header in headers for name in _VARIABLE.findall(header)}
    values = (os.environ.get(name, "") for name in sorted(names) if looks_secret(name))
    return tuple(re.escape(value) for value in values if len(value) >= SHORTEST_SECRET)
