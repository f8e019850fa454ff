"""Signals from the first moment on: SIGINT, SIGTERM and SIGHUP all end a command with 130.

Raising out of a handler is safe in Python code, but not in the import of a module: what is written
in C may crash when its beginning is cut short. So a signal that comes within an import waits for
its end. Where a loop runs it has gentler handlers of its own (rtdebug.wire.signals).
"""

from __future__ import annotations

# What signal is made of: signal itself takes a while to import.
import _signal  # type: ignore[import-not-found]
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

INTERRUPTED = 130
NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_IMPORTING = "<frozen importlib"
_AGAIN = 0.005  # seconds until one looks again whether the import is over
_asked: list[int] = []


def take_signals() -> None:
    """From now on a signal raises KeyboardInterrupt; a second one ends the process at once.

    What was ignored stays so: a job in the background, a program under nohup.
    """
    numbers = (getattr(_signal, name, None) for name in NAMES)
    for number in numbers:
        if number is not None and _signal.getsignal(number) is not _signal.SIG_IGN:
            _signal.signal(number, _caught)
    if hasattr(_signal, "SIGALRM"):
        _signal.signal(_signal.SIGALRM, _due)


def leave_alone() -> None:
    """All is said and done: what comes now changes nothing any more."""
    for name in (*NAMES, "SIGALRM"):
        if hasattr(_signal, name):
            _signal.signal(getattr(_signal, name), _signal.SIG_IGN)


def _caught(number: int, frame: FrameType | None) -> None:
    if _asked:
        os._exit(INTERRUPTED)
    _asked.append(number)
    _due(number, frame)


def _due(number: int, frame: FrameType | None) -> None:
    """Now, or when the import that is under way is over."""
    if hasattr(_signal, "setitimer") and _is_importing(frame):
        _signal.setitimer(_signal.ITIMER_REAL, _AGAIN)
        return
    raise KeyboardInterrupt


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(_IMPORTING):
            return True
        frame = frame.f_back
    return False
