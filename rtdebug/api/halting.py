"""Why a watch ends before its connections do: someone has seen enough, or a signal came."""

from __future__ import annotations

import asyncio


class Halt:
    """Set once. ``asked``: a person or the end of a pipe ended it, and it is judged as over."""

    def __init__(self, event: asyncio.Event) -> None:
        self.event = event
        self.asked = False

    def quit(self) -> None:
        """Enough has been seen."""
        if not self.event.is_set():
            self.asked = True
            self.event.set()

    @property
    def interrupted(self) -> bool:
        """Whether a signal ended it."""
        return self.event.is_set() and not self.asked
