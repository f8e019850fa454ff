"""``rtdebug mock`` in a process of its own, for tests."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from calling import Called, command, environment


class Mock:
    """A running mock. ``ready`` is what it said to programs."""

    def __init__(self, *options: object) -> None:
        self.child = subprocess.Popen(
            command("mock", *options),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            text=True,
        )
        assert self.child.stdout is not None
        assert self.child.stderr is not None
        line = self.child.stdout.readline()
        assert line, self.child.stderr.read()
        self.ready: dict[str, Any] = json.loads(line)
        self.url: str = self.ready["url"]

    def told(self) -> str:
        """The next line for people."""
        assert self.child.stderr is not None
        return self.child.stderr.readline()

    def until(self, words: str) -> str:
        """The next line for people that has these words."""
        while words not in (line := self.told()):
            assert line, f"it ended without {words!r}"
        return line

    def end(self, number: signal.Signals = signal.SIGTERM) -> Called:
        """Ends it; what else it said."""
        self.child.send_signal(number)
        out, err = self.child.communicate(timeout=15)
        return Called(self.child.returncode, out, err)


@contextmanager
def running(*options: object) -> Iterator[Mock]:
    """A mock until the block is left."""
    mock = Mock("--listen", "127.0.0.1:0", *options)
    try:
        yield mock
    finally:
        if mock.child.poll() is None:
            mock.child.kill()
        mock.child.communicate()
