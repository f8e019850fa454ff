"""Writes to one place in a thread of its own: whoever reads it slowly holds up nobody else."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable


class Outlet:
    """One file descriptor. A text is taken when :attr:`idle`; ``done`` is called, in the thread,
    when it has been written or cannot be (then ``failure`` says why)."""

    def __init__(self, number: int, encoding: str, done: Callable[[], None]) -> None:
        self.failure: OSError | None = None
        self._number = number
        self._encoding = encoding
        self._done = done
        self._text: str | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @property
    def idle(self) -> bool:
        """Whether everything that was taken has been written."""
        return self._text is None

    def write(self, text: str) -> None:
        """Takes a text; the one before must have been written."""
        if self.failure is not None:
            return
        with self._changed:
            assert self._text is None
            self._text = text
            self._changed.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True, name="writer")
            self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether everything has been written within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._text is None, seconds)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._text is not None)
                text = self._text or ""
            try:
                self._put(text.encode(self._encoding, "backslashreplace"))
            except OSError as error:
                self.failure = error
            with self._changed:
                self._text = None
                self._changed.notify_all()
            self._done()

    def _put(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._number, view) :]
