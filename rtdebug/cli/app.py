"""The command group: commands are imported when they are called, errors become exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from rtdebug import resources
from rtdebug.cli.streams import forget, prepare, put, tell
from rtdebug.errors import (
    EXIT_BUG,
    EXIT_GOOD,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    RtdebugError,
    UnreadableError,
    UsageError,
)
from rtdebug.spelling import did_you_mean

# Name -> module and one line of help; the function in the module is called ``command``.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("rtdebug.cli.run", "Play scenarios over a live socket and judge every event."),
    "tail": ("rtdebug.cli.tail", "Watch live traffic: as a client, a proxy, or over a file."),
    "spy": ("rtdebug.cli.spy", "Run a command behind a judging proxy."),
    "diagnose": ("rtdebug.cli.diagnose", "Judge a capture or any log people can paste."),
    "mock": ("rtdebug.cli.mock", "Serve a Realtime server without a key: scripted, or faulty."),
    "probe": ("rtdebug.cli.probe", "Ask a server how it keeps to its protocol, case by case."),
    "check": ("rtdebug.cli.check", "Find what is wrong in scenarios, mock scripts and packs."),
    "convert": ("rtdebug.cli.convert", "Turn a recording into another format."),
    "diff": ("rtdebug.cli.diff", "Say what really differs between two recordings."),
    "show": ("rtdebug.cli.show", "Open what was kept of a run."),
    "init": ("rtdebug.cli.init", "Write a first scenario and a workflow for CI."),
    "explain": ("rtdebug.cli.explain", "Say what a finding or an error code means."),
    "rules": ("rtdebug.cli.rules", "List what can be found."),
    "completion": ("rtdebug.cli.completion", "Print what completes rtdebug in a shell."),
    "packs": ("rtdebug.cli.packs", "List the protocols that are known; make one."),
}
EPILOG = """\
Exit codes: 0 good, 1 judged bad, 2 wrong usage, 3 no session, 4 nothing to
judge, 70 a bug in rtdebug, 130 interrupted.
"""


class LazyGroup(click.Group):
    """Knows its commands by name and loads one only to call it or to show its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            raise UsageError(f"there is no command {name[:60]!r}", _meant(name))
        found = super().resolve_command(ctx, args)
        if found[1] is not None and not ctx.resilient_parsing:
            from rtdebug.cli.settings import defaults

            ctx.default_map = {name: defaults(found[1], name, COMMANDS)}
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _meant(name: str) -> str:
    """What was probably meant by a command that does not exist."""
    if os.path.exists(name):
        if os.path.isdir(name) or name.endswith((".yaml", ".yml")):
            return f"to play it: rtdebug run {name}"
        return f"to judge it: rtdebug diagnose {name}"
    import glob

    if any(resources.scenarios().glob(f"*/{glob.escape(name)}.yaml")):
        return f"to play the scenario of that name: rtdebug run {name}"
    return did_you_mean(name, COMMANDS, limit=len(COMMANDS)) or "see rtdebug --help"


@click.group(
    cls=LazyGroup,
    name="rtdebug",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.version_option(package_name="rtdebug", message="rtdebug %(version)s")
def cli() -> None:
    """Find out why a Realtime API went silent.

    Replays scenarios, sniffs live traffic and reads logs; every event is judged both ways, and
    what is missing is named, with its cause and what to do.

    \b
    Examples:
      rtdebug run text-turn            a conversation with the embedded server
      rtdebug spy -- python app.py     your app, behind a judging proxy
      rtdebug diagnose pasted.log      what a log shows
      rtdebug tail --listen 127.0.0.1:8080 --upstream wss://api.openai.com/v1
      rtdebug explain response-stalled-after-created
    """


def run(arguments: Sequence[str]) -> int:
    """Runs one command line. Returns the exit code; nothing escapes as a traceback."""
    prepare()
    code = _called(arguments)
    try:
        put("")  # everything has really been written
    except UnreadableError as error:
        return _told(error, arguments)
    return code


def _called(arguments: Sequence[str]) -> int:
    try:
        code = cli.main(list(arguments), prog_name="rtdebug", standalone_mode=False)
        return code if isinstance(code, int) else EXIT_GOOD
    except (KeyboardInterrupt, click.Abort):
        tell("interrupted\n")
        return EXIT_INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click makes an exit of a broken pipe
        forget(sys.stdout)
        return EXIT_GOOD
    except click.ClickException as error:
        return _usage(error, arguments)
    except RtdebugError as error:
        return _told(error, arguments)
    except Exception as error:
        return _bug(error, arguments)
    except BaseException as error:
        # A second signal cancels the task that plays (asyncio is not imported for its name here).
        if type(error).__name__ == "CancelledError":
            return EXIT_INTERRUPTED
        raise


def _bug(error: Exception, arguments: Sequence[str]) -> int:
    from rtdebug.cli.failures import tell_bug

    if isinstance(error, OSError):  # of stdout, where click writes a help text
        try:
            put("")
        except UnreadableError as unwritable:
            return _told(unwritable, arguments)
    tell_bug(error, as_json=wants_json(arguments))
    return EXIT_BUG


def _usage(error: click.ClickException, arguments: Sequence[str]) -> int:
    from rtdebug.cli.failures import tell_usage

    tell_usage(error, as_json=wants_json(arguments))
    return EXIT_USAGE


def _told(error: RtdebugError, arguments: Sequence[str]) -> int:
    from rtdebug.cli import failures

    failures.tell(error, as_json=wants_json(arguments))
    return error.exit_code


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the command line asks for JSON, so that errors come as JSON too."""
    pairs = zip(arguments, (*arguments[1:], ""), strict=False)
    return any(
        one == "--report=json" or (one == "--report" and other.partition("=")[0] == "json")
        for one, other in pairs
    ) or any(one.startswith("--report=json") for one in arguments)
