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
    sys.exit(_run(arguments))


def _run(arguments: list[str]) -> int:
    from signal import SIG_DFL, SIGTERM, getsignal, signal

    # SIGTERM ends like SIGINT, not without a word, wherever no loop has handlers of its own.
    try:
        if getsignal(SIGTERM) is SIG_DFL:
            signal(SIGTERM, _interrupted)
        from rtdebug.cli.app import run

        return run(arguments)
    except KeyboardInterrupt:  # while the command line was still loading
        return 130


def _interrupted(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _help() -> str:
    # The text click would make, kept in a file so that help does not wait for click to load.
    path = __file__.rpartition("__main__")[0] + "cli/help.txt"
    with open(path, encoding="utf-8") as file:
        return file.read()


def _say(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, AttributeError):  # a stream that is closed, full or read by nobody
        sys.exit(_run(sys.argv[1:]))


if __name__ == "__main__":
    main()
