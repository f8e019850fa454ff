"""Settings beside the command line: RTDEBUG_* of the environment, then rtdebug.toml or the
[tool.rtdebug] of pyproject.toml. Whatever stands on the command line goes before them.

A key is an option without its dashes. At the top it is for every command that has the option; in a
table of a command's name for that one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from rtdebug.errors import UnreadableError, UsageError
from rtdebug.spelling import did_you_mean

_OWN, _PROJECT = Path("rtdebug.toml"), Path("pyproject.toml")
# Scenarios name this variable where they want it; as an option it would go before their targets.
_NOT_FROM_ENVIRONMENT = {"url"}
_NEVER = {"help", "version", "schema", "env-file"}


def defaults(command: click.Command, name: str, commands: Mapping[str, Any]) -> dict[str, Any]:
    """The values that options of a command have where the command line says nothing, by the names
    of their parameters. Raises UsageError and UnreadableError."""
    known = _options(command)
    place, table = _table()
    own = table.get(name, {})
    if not isinstance(own, dict):
        raise UsageError(f"{place}: expected a table under {name}", f"write [{name}]")
    common = {key: value for key, value in table.items() if not isinstance(value, dict)}
    _check(place, common, own, known, name, commands)
    found = {known[key]: value for key, value in {**common, **own}.items() if key in known}
    return found | _environment(command, known)


def _options(command: click.Command) -> dict[str, str]:
    """Long options without their dashes, and the parameters they set."""
    return {
        option[2:]: parameter.name or ""
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--") and option[2:] not in _NEVER
    }


def _environment(command: click.Command, known: Mapping[str, str]) -> dict[str, Any]:
    """RTDEBUG_FAIL_ON for --fail-on; several values of one option stand on lines of their own."""
    several = {one.name for one in command.params if isinstance(one, click.Option) and one.multiple}
    found: dict[str, Any] = {}
    for key, parameter in known.items():
        value = os.environ.get(f"RTDEBUG_{key.upper().replace('-', '_')}")
        if value and key not in _NOT_FROM_ENVIRONMENT:
            found[parameter] = value.splitlines() if parameter in several else value
    return found


def _table() -> tuple[str, dict[str, Any]]:
    if _OWN.is_file():
        return str(_OWN), _read(_OWN)
    if _PROJECT.is_file() and b"[tool.rtdebug" in _PROJECT.read_bytes():
        table = _read(_PROJECT).get("tool", {}).get("rtdebug", {})
        return f"{_PROJECT} [tool.rtdebug]", table
    return "", {}


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableError(f"{path}: cannot be read: {error}", "it is TOML") from None


def _check(
    place: str,
    common: Iterable[str],
    own: Iterable[str],
    known: Mapping[str, str],
    name: str,
    commands: Mapping[str, Any],
) -> None:
    """A key that sets nothing anywhere is a misspelt one."""
    for key in own:
        if key not in known:
            hint = did_you_mean(key, known) or f"see rtdebug {name} --help"
            raise UsageError(f"{place}: rtdebug {name} has no option --{key[:60]}", hint)
    if unknown := [key for key in common if key not in known]:
        anywhere = {
            option
            for module, _ in commands.values()
            for option in _options(import_module(module).command)
        }
        for key in unknown:
            if key not in anywhere:
                hint = did_you_mean(key, anywhere) or "see rtdebug --help"
                raise UsageError(f"{place}: no command has an option --{key[:60]}", hint)
