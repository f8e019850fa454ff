"""Runs what serves in an event loop of its own, beside a program that knows of none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Background(Generic[T, R]):
    """A thread that works until it is stopped. ``work`` is given what to call when it is ready, and
    its result is what :meth:`end` hands over."""

    def __init__(self, work: Callable[[Callable[[T], None]], R]) -> None:
        self._work = work
        self._known = threading.Event()
        self._place: list[T] = []
        self._result: list[R] = []
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="rtdebug")

    def begin(self) -> T:
        """Where it is; raises what kept it from beginning."""
        self._thread.start()
        self._known.wait()
        if not self._place:
            self._thread.join()
            raise self._failure or RuntimeError("ended before it began")
        return self._place[0]

    def end(self) -> R:
        """What it came to, once it has been told to stop."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        return self._result[0]

    def _run(self) -> None:
        try:
            self._result.append(self._work(self._ready))
        except BaseException as failure:
            self._failure = failure
        finally:
            self._known.set()

    def _ready(self, place: T) -> None:
        self._place.append(place)
        self._known.set()
