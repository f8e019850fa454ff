"""The server's messages that no expectation is past yet, in order, within bounds.

The cursor stands behind the last message an expectation matched. What came since is kept, whether
a step was already waiting for it or not, so the speed of a scenario does not matter.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TypeAlias

from rtdebug.model.records import Event, Undecodable

Message: TypeAlias = Event | Undecodable

MOST = 10_000
ROOM = 64 * 1024 * 1024
_MOST_TYPES = 500


class Inbox:
    """Messages numbered from 0 as they come. Beyond its bounds the oldest are let go and counted
    in ``lost``; ``behind`` holds the last event of each type that the cursor has passed."""

    def __init__(self, *, most: int = MOST, room: int = ROOM) -> None:
        self._kept: deque[Message] = deque()
        self._most = most
        self._room = room
        self._size = 0
        self.first = 0
        self.lost = 0
        self.behind: dict[str, int] = {}

    @property
    def end(self) -> int:
        """The number the next message will have."""
        return self.first + len(self._kept)

    def put(self, message: Message) -> None:
        """A message has come."""
        self._kept.append(message)
        self._size += _size(message)
        while len(self._kept) > self._most or (self._size > self._room and len(self._kept) > 1):
            self._drop()
            self.lost += 1

    def since(self, number: int) -> Iterator[tuple[int, Message]]:
        """The messages from ``number`` on that are still kept."""
        for position in range(max(number, self.first), self.end):
            yield position, self._kept[position - self.first]

    def take(self, number: int) -> None:
        """Put the cursor behind this message."""
        while self.first <= number and self._kept:
            message = self._drop()
            if isinstance(message, Event) and (
                message.type in self.behind or len(self.behind) < _MOST_TYPES
            ):
                self.behind[message.type] = message.seq
        self.lost = 0

    def _drop(self) -> Message:
        message = self._kept.popleft()
        self.first += 1
        self._size -= _size(message)
        return message


def _size(message: Message) -> int:
    return message.size if isinstance(message, Event) else len(message.data)
