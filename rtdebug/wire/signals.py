"""SIGINT, SIGTERM and SIGHUP ask for a stop; a second one cuts even that short.

Without handlers Python ends on SIGTERM and SIGHUP without running any ``finally``.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TypeAlias

from rtdebug.interrupts import asked

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_Handler: TypeAlias = Callable[[int, FrameType | None], Any] | int | None


def _nobody(_: int) -> bool:
    """There is nobody to pass a signal on to."""
    return False


@contextmanager
def stop_on_signals(pass_on: Callable[[int], bool] = _nobody) -> Iterator[asyncio.Event]:
    """An event that the first signal sets; the second cancels the task that entered. A signal that
    ``pass_on`` takes (with its number) is none of them.

    Off the main thread no handler can be set, and the event stays unset. A handler is set even
    where SIGINT was ignored, as in a background job of a shell; SIGHUP stays ignored under nohup.
    """
    stop = asyncio.Event()
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()

    def interrupt(number: int) -> None:
        if pass_on(number):
            return
        if stop.is_set() and task is not None:
            task.cancel()
        stop.set()

    def caught(number: int, frame: FrameType | None) -> None:
        # The loop's own handlers make an enum of every signal there is, six times a run.
        loop.call_soon_threadsafe(interrupt, number)

    before: dict[signal.Signals, _Handler] = {}
    for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
        if number.name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN:
            continue
        with suppress(ValueError):  # not on the main thread
            before[number] = signal.signal(number, caught)
    if asked():  # while the loop was being made
        stop.set()
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
