"""Writes to one place in a thread of its own: whoever reads it slowly holds up nobody else."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TextIO, TypeAlias

Put: TypeAlias = Callable[[str], None]
"""Writes a text, however long that takes; raises OSError when it cannot be."""


class Outlet:
    """One place. A text is taken when :attr:`idle`; ``done`` is called, in the thread, when it has
    been written or cannot be (then ``failure`` says why)."""

    def __init__(self, put: Put, done: Callable[[], None]) -> None:
        self.failure: OSError | None = None
        self._put = put
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
                self._put(text)
            except OSError as error:
                self.failure = error
            with self._changed:
                self._text = None
                self._changed.notify_all()
            self._done()


def put_on(stream: TextIO) -> Put:
    """Writes to a stream, past its buffer where it has a descriptor."""
    try:
        return put_to(stream.fileno(), stream.encoding or "ascii")
    except (OSError, ValueError):  # a stream of another kind stands in for it
        return lambda text: _write(stream, text)


def put_to(number: int, encoding: str) -> Put:
    """Writes to a file descriptor."""

    def put(text: str) -> None:
        view = memoryview(text.encode(encoding, "backslashreplace"))
        while view:
            view = view[os.write(number, view) :]

    return put


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()
