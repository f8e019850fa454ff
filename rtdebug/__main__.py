"""The entry: help and version at once, every other call through the command line proper."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line and exits with its code."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from rtdebug import __version__

        _say(f"rtdebug {__version__}\n")
        return
    if arguments in (["--help"], ["-h"]):
        _say(_help())
        return
    from rtdebug.cli.app import run

    sys.exit(run(arguments))


def _help() -> str:
    # The text click would make, kept in a file so that help does not wait for click to load.
    path = __file__.rpartition("__main__")[0] + "cli/help.txt"
    with open(path, encoding="utf-8") as file:
        return file.read()


def _say(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()


if __name__ == "__main__":
    main()
