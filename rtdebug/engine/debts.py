"""Debts: what one side owes the other, each with the time from which on it counts as late."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count

from rtdebug.model.records import Event, Sender
from rtdebug.model.results import Owed


class Debt:
    """One thing that is owed. ``finding`` names the fault if it does not come in time; ``by`` are
    the facts that settle it, ``refused`` the fault if an error does; ``since`` is when
    anything of it last moved."""

    __slots__ = ("by", "event", "finding", "id", "owed_by", "refused", "settled", "since", "told",
                 "what", "within")  # fmt: skip

    def __init__(
        self,
        what: str,
        event: Event,
        *,
        by: tuple[str, ...],
        within: float,
        finding: str,
        owed_by: Sender,
        id_: str | None = None,
        refused: str = "",
    ) -> None:
        self.what = what
        self.event = event
        self.by = by
        self.within = within
        self.finding = finding
        self.owed_by = owed_by
        self.id = id_
        self.refused = refused
        self.since = event.at
        self.settled = False
        self.told = False

    @property
    def until(self) -> float:
        """When it counts as late."""
        return self.since + self.within

    def owed(self, awaited: str) -> Owed:
        """The same as a report shows it."""
        return Owed(
            self.event.type, self.event.seq, self.since, self.owed_by, awaited, self.id, self.until
        )


class Deadlines:
    """The debts in the order in which they come due. One whose time has moved on is put back when
    its turn comes, so that what moves it costs nothing."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Debt]] = []
        self._number = count()

    @property
    def next(self) -> float | None:
        """When the earliest may be due."""
        while self._heap and self._heap[0][2].settled:
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def add(self, debt: Debt) -> None:
        """From now on it may come due."""
        heappush(self._heap, (debt.until, next(self._number), debt))

    def due(self, at: float) -> list[Debt]:
        """Those that are late by then, each once."""
        late = []
        while self._heap and self._heap[0][0] <= at:
            debt = heappop(self._heap)[2]
            if debt.settled:
                continue
            if debt.until > at:
                self.add(debt)
            else:
                late.append(debt)
        return late
