"""--env-file: variables from a file, for keys that a shell does not have."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from rtdebug.cli.options import Command
from rtdebug.errors import UnreadableError, UsageError

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)\Z", re.ASCII)


def env_file_option(command: Command) -> Command:
    """The option; it takes effect before any other is looked at."""
    return click.option(
        "--env-file", multiple=True, is_eager=True, expose_value=False, callback=_load,
        type=click.Path(path_type=Path), metavar="FILE",
        help="Lines of NAME=VALUE for the environment, where it has no such name (repeatable).",
    )(command)  # fmt: skip


def _load(ctx: click.Context, param: click.Parameter, files: tuple[Path, ...]) -> None:
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise UnreadableError(
                f"--env-file {file}: cannot be read: {why}", "check the name"
            ) from None
        for number, line in enumerate(text.splitlines(), 1):
            _set(line.strip(), f"{file}:{number}")


def _set(line: str, place: str) -> None:
    """One line; its value is never told, it may be a key."""
    if not line or line.startswith("#"):
        return
    match = _LINE.match(line)
    if match is None:
        raise UsageError(f"{place}: expected NAME=VALUE", "one variable a line; # for comments")
    name, value = match[1], match[2]
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    else:
        value = re.split(r"\s#", value)[0].rstrip()
    os.environ.setdefault(name, value)
