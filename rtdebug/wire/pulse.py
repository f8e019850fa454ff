"""The pulse of the event loop: by what is missing of it one sees that this process stood still.

A stopped process (Ctrl-Z, a debugger, a machine without a free moment) hears nothing, and what it
finds in its sockets when it goes on came at a time that nobody knows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_BEAT = 0.5
PAUSE = 2.0
"""Seconds that a beat must be late to be told; less than any patience."""

Hear = Callable[[float], None]


class Pulse:
    """Calls everyone who watches with the seconds that were lost, before anything else is made of
    what came meanwhile: whoever takes something in calls :meth:`check` first, or at least when
    the loop's time has come to ``late``. ``beat`` and ``least`` are seconds: from one beat to the
    next, and by how much one must be late."""

    def __init__(self, beat: float = _BEAT, least: float = PAUSE) -> None:
        self._loop = asyncio.get_running_loop()
        self._now = self._loop.time
        self._beats, self._least = beat, least
        self.late = self._now() + beat + least
        self._heard: dict[object, Hear] = {}
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, who: object, hear: Hear) -> None:
        """``who`` wants to know from now on."""
        if not self._heard:
            self.late = self._now() + self._beats + self._least
            self._beat()
        self._heard[who] = hear

    def leave(self, who: object) -> None:
        """``who`` wants to know no more."""
        self._heard.pop(who, None)
        if not self._heard and self._timer is not None:
            self._timer.cancel()

    def check(self) -> None:
        """Whether the latest beat is much too long ago."""
        now = self._now()
        if now >= self.late and self._heard:
            lost = now - self.late + self._least
            self.late = now + self._beats + self._least
            for hear in list(self._heard.values()):
                hear(lost)

    def _beat(self) -> None:
        self.check()
        self.late = self._now() + self._beats + self._least
        self._timer = self._loop.call_later(self._beats, self._beat)
