"""Playback: until when the audio that one side sent plays at the other.

A server sends audio faster than it plays, and some of what it says next waits for the end of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from rtdebug.packs.facts import Fact
from rtdebug.packs.lifecycle import Audio
from rtdebug.packs.pointers import all_at


class Playback:
    """``until`` is when the last of it has played; infinite once a piece has no known length."""

    def __init__(self, rows: Mapping[str, Audio]) -> None:
        self._rows = rows
        self.until = 0.0

    def take(self, fact: Fact) -> None:
        """Adds the audio that a fact tells of."""
        row = self._rows.get(fact.name)
        if row is not None:
            size = _bytes(fact, row)
            length = math.inf if size is None else size / (row.rate * 1000)
            self.until = max(self.until, fact.event.at) + length

    def forget(self) -> None:
        """What had not played yet is thrown away."""
        self.until = 0.0


def _bytes(fact: Fact, row: Audio) -> int | None:
    """The size of the audio in a message; None where the record has not kept it."""
    if isinstance(fact.node, int):
        return fact.node
    if not fact.event.whole or row.data is None:
        return None
    return sum(len(one) for one in all_at(fact.node, row.data) if isinstance(one, str)) * 3 // 4
