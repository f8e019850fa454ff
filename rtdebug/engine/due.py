"""Due: things with a deadline that may move, each looked at when its time comes and not before."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Generic, TypeVar

One = TypeVar("One")
_SLACK = 1e-9  # what sums of seconds may differ by


class Due(Generic[One]):
    """A heap of deadlines. ``due_at`` says when one is due by now, None when it is settled."""

    __slots__ = ("_added", "_due_at", "_heap")

    def __init__(self, due_at: Callable[[One], float | None]) -> None:
        self._due_at = due_at
        self._heap: list[tuple[float, int, One]] = []
        self._added = 0

    def add(self, at: float, one: One) -> None:
        """One more, to be looked at no sooner than ``at``."""
        self._added += 1
        heappush(self._heap, (at, self._added, one))

    def passed(self, at: float) -> Iterator[One]:
        """Those that are due at ``at``, each once; what has moved on is kept for later."""
        while self._heap and self._heap[0][0] <= at + _SLACK:
            one = heappop(self._heap)[2]
            due = self._due_at(one)
            if due is None:
                continue
            if due <= at + _SLACK:
                yield one
            else:
                self.add(due, one)

    @property
    def next(self) -> float:
        """When there is something to look at again; what is settled by now need not be."""
        heap = self._heap
        while heap and self._due_at(heap[0][2]) is None:
            heappop(heap)
        return heap[0][0] if heap else math.inf
