"""The terminal of a command that is started here, as a shell gives it to a job."""

from __future__ import annotations

import os
import signal
from contextlib import suppress


class Terminal:
    """The terminal this process is in the foreground of, if there is one. ``given``: the command
    has it now."""

    def __init__(self) -> None:
        self.given = False
        self._here = os.getpgrp()
        self._number = next((one for one in (0, 1, 2) if _is_ours(one, self._here)), None)

    def give(self, group: int) -> None:
        """The command may read the terminal, and its keys are for it."""
        if self._number is None:
            return
        # Whoever is not in the foreground is stopped for a word to the terminal, unless he ignores
        # it. Set after the start: a program inherits what is ignored.
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        self.given = True
        self._pass_to(group)
        _continue(group)  # it may have been stopped for reading too early

    def take_back(self) -> None:
        """The terminal is this process's again."""
        if self.given and self._number is not None:
            self.given = False
            self._pass_to(self._here)

    def stop_with(self, group: int) -> None:
        """The command was stopped by a key: so is this job, until the shell lets it go on."""
        if self._number is None:
            return
        self._pass_to(self._here)
        os.killpg(self._here, signal.SIGSTOP)  # returns when someone says SIGCONT
        if _is_ours(self._number, self._here):
            self._pass_to(group)
        _continue(group)

    def _pass_to(self, group: int) -> None:
        with suppress(OSError):  # it has ended, or the terminal is gone
            os.tcsetpgrp(self._number or 0, group)


def _is_ours(number: int, group: int) -> bool:
    try:
        return os.isatty(number) and os.tcgetpgrp(number) == group
    except OSError:
        return False


def _continue(group: int) -> None:
    with suppress(OSError):
        os.killpg(group, signal.SIGCONT)


def stderr_pair() -> tuple[int, int]:
    """Where to read, and what a command gets as stderr: a terminal as wide as ours where that is
    one, so that the command writes what it would have written, else a pipe."""
    if not os.isatty(2):
        return os.pipe()
    import pty
    import termios

    try:
        reader, writer = pty.openpty()
    except OSError:  # none is free
        return os.pipe()
    with suppress(termios.error):
        termios.tcsetwinsize(writer, termios.tcgetwinsize(2))
        modes = termios.tcgetattr(writer)
        modes[1] &= ~termios.OPOST  # our own terminal does that
        termios.tcsetattr(writer, termios.TCSANOW, modes)
    return reader, writer
