"""Speaks for whoever types: sends what it is given, and listens on.

It ends when the person quits, or when nothing has been heard for a while: always where a length of
silence was asked for, else only once no more can be typed.
"""

from __future__ import annotations

from collections.abc import Sequence

from rtdebug.model.commands import Command
from rtdebug.model.records import Event, Opened, Record, Sender, Undecodable

SILENCE = 10.0
"""Seconds of silence after which listening ends once nothing more can be typed."""


class Typist:
    """A player without a scenario. ``silence`` (seconds) ends it at any time; None means
    :data:`SILENCE`, and only after :meth:`no_more`."""

    def __init__(self, silence: float | None = None) -> None:
        self.done = False
        self.reason = ""
        self.waited = 0.0
        self.unsent = 0  # commands that were given and have not come by as records
        self._silence = silence
        self._open = True  # more may be typed
        self._last: float | None = None
        self._said: list[Command] = []

    # -- what whoever reads the keyboard calls -----------------------------------------------

    def say(self, commands: Sequence[Command]) -> None:
        """To be sent when it is next asked."""
        self._said += commands
        self.unsent += len(commands)

    def no_more(self) -> None:
        """Nothing more can be typed; silence counts from when it is next asked."""
        self._open = False
        self._last = None

    def quit(self) -> None:
        """The person has seen enough."""
        if not self.done:
            self.done, self.reason = True, "finished"

    # -- what the driver calls ---------------------------------------------------------------

    @property
    def deadline(self) -> float | None:
        """When silence will have lasted long enough."""
        if self._last is None:
            return None
        if self._silence is not None:
            return self._last + self._silence
        return None if self._open else self._last + SILENCE

    def observe(self, record: Record) -> Sequence[Command]:
        """A record is the end of a silence."""
        self._last = record.at
        if isinstance(record, Event | Undecodable) and record.sender is Sender.CLIENT:
            self.unsent -= 1
        return self._take() if isinstance(record, Opened) else ()

    def advance(self, at: float) -> Sequence[Command]:
        """What was typed; and whether it has been silent for too long."""
        deadline = self.deadline
        if self._said or self._last is None:
            self._last = at
        elif deadline is not None and at >= deadline:
            self.done, self.reason = True, "gave-up"
            self.waited = round(at - self._last, 6)
        return self._take()

    def interrupt(self, at: float) -> None:
        """Stopped from outside."""
        self.done, self.reason = True, "interrupted"

    def _take(self) -> Sequence[Command]:
        said, self._said = self._said, []
        return said
