"""The entry: help and version at once, every other call through the command line proper."""

from __future__ import annotations

import sys

from rtdebug.interrupts import INTERRUPTED, leave_alone, take_signals

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing itself would take longer than all that help does
    from typing import TextIO


def start() -> None:
    """The console script: :func:`main` in a process of its own, as short as it can be."""
    take_signals()
    import gc
    import os

    # A short command makes 60,000 objects and drops hardly one: collecting in between, and taking
    # everything apart at the end, would be a fifth of its time. A long one still collects.
    gc.set_threshold(100_000)
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    except KeyboardInterrupt:
        code = INTERRUPTED
    leave_alone()
    _flush(sys.stdout)
    _flush(sys.stderr)
    os._exit(code if isinstance(code, int) else 0)


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
    try:
        from rtdebug.cli.app import run

        return run(arguments)
    except KeyboardInterrupt:  # while the command line was still loading
        return INTERRUPTED


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


def _flush(stream: TextIO | None) -> None:
    try:
        if stream is not None:
            stream.flush()
    except (OSError, ValueError):  # closed, full, or read by nobody any more
        return


if __name__ == "__main__":
    start()
