"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from rtdebug.api.verdict import Strictness
from rtdebug.model.findings import Severity

Command = TypeVar("Command", bound=Callable[..., Any])
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Duration(click.ParamType[float]):
    """A duration that carries its unit, in seconds."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)", str(value))
        if match is None:
            self.fail(f"{value!r} is no duration; write a number with a unit: 250ms, 5s, 2m")
        return float(match[1]) * _UNITS[match[2]]


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
    for option in (
        click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto",
                     show_default=True, help="Colour; NO_COLOR and FORCE_COLOR count too."),
        click.option("-v", "--verbose", is_flag=True, help="Show every step and response."),
        click.option("-q", "--quiet", is_flag=True, help="Show only what is wrong."),
        click.option("--timeline", type=click.Choice(["bounded", "all"]), default="bounded",
                     help="How much of the timeline a JSON report holds."),
        click.option("--report", "reports", multiple=True, metavar="FORMAT[=FILE]",
                     help="terminal, json or junit; without FILE to stdout (repeatable)."),
    ):  # fmt: skip
        command = option(command)
    return command


def pack_option(command: Command) -> Command:
    """--pack."""
    return click.option("--pack", metavar="NAME", help="The protocol; see rtdebug packs.")(command)


def redact_option(command: Command) -> Command:
    """--redact."""
    return click.option(
        "--redact", multiple=True, metavar="PATTERN",
        help="A regular expression of more that is secret (repeatable).",
    )(command)  # fmt: skip


def strictness(select: tuple[str, ...], ignore: tuple[str, ...], fail_on: str) -> Strictness:
    """The options as the api takes them."""
    severity = None if fail_on == "never" else Severity(fail_on)
    return Strictness(tuple(select), tuple(ignore), severity)
