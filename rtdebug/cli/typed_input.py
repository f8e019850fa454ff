"""Lines from a pipe or a file on stdin, read beside the event loop and no faster than they go."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

from rtdebug.api.viewing import Talk

_MOST_UNSENT = 100
_LOOK_AGAIN = 0.01
_BLOCK = 65536
_LONGEST = 64 * 1024 * 1024


class TypedInput:
    """Hands lines to ``talk`` until the input ends. A thread reads, since a pipe may keep it
    waiting for ever; it ends with the program."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._loop = asyncio.get_running_loop()
        self._over = False

    def open(self) -> None:
        """Begins to read."""
        threading.Thread(target=self._read, daemon=True, name="stdin").start()

    def close(self) -> None:
        """Nothing more is wanted."""
        self._over = True

    def _read(self) -> None:
        with suppress(RuntimeError, asyncio.CancelledError):  # the loop is closed: nobody listens
            for line in _lines():
                handed = asyncio.run_coroutine_threadsafe(self._hand_over(line), self._loop)
                handed.result()
                if self._over:
                    return
            self._loop.call_soon_threadsafe(self._talk.no_more)

    async def _hand_over(self, text: str) -> None:
        while self._talk.unsent >= _MOST_UNSENT and not self._over:
            await asyncio.sleep(_LOOK_AGAIN)
        if not self._over:
            self._talk.line(text)


def _lines() -> Iterator[str]:
    """The lines of stdin. Not through sys.stdin, whose lock a thread that waits for ever would
    hold when the program ends."""
    rest = b""
    while block := _block():
        *lines, rest = (rest + block).split(b"\n")
        if len(rest) > _LONGEST:
            lines, rest = [*lines, rest], b""
        yield from (line.decode("utf-8", "replace") for line in lines)
    if rest:
        yield rest.decode("utf-8", "replace")


def _block() -> bytes:
    """The next bytes of stdin; none when it is over, closed or cannot be read."""
    try:
        return os.read(sys.stdin.fileno(), _BLOCK) if sys.stdin is not None else b""
    except (OSError, ValueError):
        return b""
