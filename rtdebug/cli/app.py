"""The command group: commands are imported when they are called, errors become exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from rtdebug.errors import EXIT_BUG, EXIT_GOOD, EXIT_INTERRUPTED, EXIT_USAGE, RtdebugError

# Name -> module and one line of help; the function in the module is called ``command``.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("rtdebug.cli.run", "Play scenarios over a live socket and judge every event."),
    "tail": ("rtdebug.cli.tail", "Watch live traffic: as a client, a proxy, or over a file."),
    "diagnose": ("rtdebug.cli.diagnose", "Judge a capture or any log people can paste."),
    "check": ("rtdebug.cli.check", "Find what is wrong in scenarios without a socket."),
    "convert": ("rtdebug.cli.convert", "Turn a recording into another format."),
    "explain": ("rtdebug.cli.explain", "Say what a finding means and how to fix it."),
    "rules": ("rtdebug.cli.rules", "List what can be found."),
    "packs": ("rtdebug.cli.packs", "List the protocols that are known."),
}
EPILOG = """\b
Examples:
  rtdebug run text-turn              a shipped scenario, on the embedded server
  rtdebug diagnose pasted.log        what a log shows
  rtdebug tail --listen 127.0.0.1:8080 --upstream wss://api.openai.com/v1
  rtdebug explain response-stalled-after-created

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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


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
    """


def run(arguments: Sequence[str]) -> int:
    """Runs one command line. Returns the exit code; nothing escapes as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(list(arguments), prog_name="rtdebug", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else EXIT_GOOD
    except (KeyboardInterrupt, click.Abort):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return EXIT_GOOD
    except click.ClickException as error:
        return _usage(error, arguments)
    except RtdebugError as error:
        from rtdebug.cli.failures import tell

        tell(error, as_json=wants_json(arguments))
        return error.exit_code
    except Exception as error:
        from rtdebug.cli.failures import tell_bug

        tell_bug(error, as_json=wants_json(arguments))
        return EXIT_BUG


def _usage(error: click.ClickException, arguments: Sequence[str]) -> int:
    from rtdebug.cli.failures import tell_usage

    tell_usage(error, as_json=wants_json(arguments))
    return EXIT_USAGE


def _forget_stdout() -> None:
    """Whoever read stdout has gone (``| head``); nothing more may be written there, not at exit
    either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the command line asks for JSON, so that errors come as JSON too."""
    pairs = zip(arguments, (*arguments[1:], ""), strict=False)
    return any(
        one == "--report=json" or (one == "--report" and other.partition("=")[0] == "json")
        for one, other in pairs
    ) or any(one.startswith("--report=json") for one in arguments)
