"""Signals from the first moment on: SIGINT, SIGTERM and SIGHUP all end a command with 130.

Raising out of a handler is safe in Python code, but not in the import of a module: what is written
in C may crash when its beginning is cut short. So a signal that comes within an import waits for
its end; so does one while an event loop is being made, which has gentler handlers of its own as
soon as it runs (rtdebug.wire.signals).
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
_LOOP = f"{os.sep}asyncio{os.sep}"
_AGAIN = 0.005  # seconds until one looks again whether that is over
_MOST = 400  # times that one looks again before it is cut short all the same
_asked: list[int] = []
_waits: list[int] = []  # one for each time that the first signal was put off


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


def asked() -> bool:
    """Whether a signal came that nobody has acted on yet; whoever asks acts on it."""
    waiting = bool(_waits)
    _waits.clear()
    return waiting


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
    """Now, or when what must not be cut short is over."""
    if number == getattr(_signal, "SIGALRM", None) and not _waits:
        return  # a loop has taken it over
    if hasattr(_signal, "setitimer") and len(_waits) < _MOST and _is_delicate(frame):
        _waits.append(number)
        _signal.setitimer(_signal.ITIMER_REAL, _AGAIN)
        return
    _waits.clear()
    raise KeyboardInterrupt


def _is_delicate(frame: FrameType | None) -> bool:
    """Whether an import is under way, or an event loop that has no handlers yet."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(_IMPORTING) or _LOOP in file:
            return True
        frame = frame.f_back
    return False
