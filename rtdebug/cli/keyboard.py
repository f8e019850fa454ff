"""Single keys from the terminal, which is given back as it was however this program ends."""

from __future__ import annotations

import asyncio
import atexit
import codecs
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

try:
    import termios
except ImportError:  # no such terminals on this system
    termios = None  # type: ignore[assignment]

_LFLAG, _CC = 3, 6  # indices of what termios.tcgetattr gives


def has_keys() -> bool:
    """Whether keys can be read: stdin is a terminal, and this program is in its foreground.

    In the background, changing the terminal or reading from it would stop the program.
    """
    if termios is None or sys.stdin is None:
        return False
    try:
        number = sys.stdin.fileno()
        return os.isatty(number) and os.tcgetpgrp(number) == os.getpgrp()
    except (OSError, ValueError):
        return False


class Keyboard:
    """Calls ``pressed`` with every sign that is typed, on the event loop."""

    def __init__(self, pressed: Callable[[str], None]) -> None:
        self._pressed = pressed
        self._number = sys.stdin.fileno()
        self._before: list[Any] | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def open(self) -> None:
        """Takes the keys from now on; signals such as Ctrl-C stay what they are."""
        loop = asyncio.get_running_loop()
        self._before = termios.tcgetattr(self._number)
        atexit.register(self._restore)
        self._take_over()
        loop.add_reader(self._number, self._read)
        with suppress(ValueError, RuntimeError):  # another thread has no signals
            loop.add_signal_handler(signal.SIGCONT, self._take_over)

    def close(self) -> None:
        """Gives the terminal back."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._number)
        with suppress(ValueError, RuntimeError):
            loop.remove_signal_handler(signal.SIGCONT)
        self._restore()
        atexit.unregister(self._restore)

    def _take_over(self) -> None:
        """Signs come one by one and are not shown; again after the program was stopped."""
        if self._before is None or not has_keys():
            return
        mode = [*self._before]
        mode[_LFLAG] &= ~(termios.ICANON | termios.ECHO)
        mode[_CC] = [*mode[_CC]]
        mode[_CC][termios.VMIN], mode[_CC][termios.VTIME] = 1, 0
        with suppress(termios.error):
            termios.tcsetattr(self._number, termios.TCSADRAIN, mode)

    def _restore(self) -> None:
        if self._before is not None and has_keys():
            with suppress(termios.error, OSError):
                termios.tcsetattr(self._number, termios.TCSADRAIN, self._before)

    def _read(self) -> None:
        try:
            data = os.read(self._number, 4096)
        except OSError:
            data = b""
        if not data:  # the terminal has gone
            asyncio.get_running_loop().remove_reader(self._number)
            return
        for sign in self._decoder.decode(data):
            self._pressed(sign)
