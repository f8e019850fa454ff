"""Calls: asks of either side, and what answers them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain

from rtdebug.engine.debts import Deadlines, Debt
from rtdebug.engine.lapses import Lapses
from rtdebug.engine.playback import Playback
from rtdebug.model.records import Event, Sender
from rtdebug.packs.facts import Fact
from rtdebug.packs.lifecycle import Call
from rtdebug.packs.pointers import first_at

_KEPT = 2000


class Calls:
    """The calls of one session. An answer may come before its ask is told of (a client answers a
    tool call whose end is not yet said), so the ids of answers are remembered. ``answered`` is the
    latest event of the client that was."""

    def __init__(
        self, rows: tuple[Call, ...], deadlines: Deadlines, lapses: Lapses, playback: Playback
    ) -> None:
        self._rows = dict(enumerate(rows))
        self._deadlines = deadlines
        self._lapses = lapses
        self._playback = playback
        self._open: dict[int, deque[Debt]] = {number: deque(maxlen=_KEPT) for number in self._rows}
        self._late: dict[int, deque[Debt]] = {number: deque(maxlen=_KEPT) for number in self._rows}
        self._answered: dict[tuple[str, str], None] = {}
        self.answered: Event | None = None

    def take(self, fact: Fact) -> None:
        """What one fact answers and asks."""
        for number, row in self._rows.items():
            if fact.name in row.by:
                self._answer(number, row, fact)
            if fact.name == row.ask and fact.event.sender is row.sender:
                self._ask(number, row, fact)
        if fact.id is not None:
            self._remember(fact.name, fact.id)

    def open(self) -> Iterator[Debt]:
        """All that is unanswered, and not given up."""
        for debts in self._open.values():
            yield from debts

    def waits_for(self, side: Sender) -> bool:
        """Whether that side owes an answer, late or not, so that the other may well be silent."""
        late = (debt for debts in self._late.values() for debt in debts)
        return any(debt.owed_by is side for debt in chain(self.open(), late))

    def refused(self, id_: str | None) -> list[Debt]:
        """What an error of the server answers: what it names, else all that is waiting for it."""
        found = []
        for number, debts in self._open.items():
            row = self._rows[number]
            if row.sender is Sender.CLIENT and row.owed_by is Sender.SERVER:
                fitting = [one for one in debts if id_ is None or _event_id(one) == id_]
                for debt in fitting:
                    debts.remove(debt)
                    debt.settled = True
                found.extend(fitting)
        return found

    def within(self, facts: Iterable[Fact]) -> float | None:
        """How long an event that says those facts may go unanswered; None where nothing answers."""
        names = {fact.name for fact in facts}
        asked = (row for row in self._rows.values() if row.owed_by is Sender.SERVER)
        return max((row.within for row in asked if row.ask in names), default=None)

    def give_up(self, debt: Debt) -> None:
        """It is late and has been told of; its answer may come all the same."""
        for number, debts in self._open.items():
            if debt in debts:
                debts.remove(debt)
                self._late[number].append(debt)

    def _ask(self, number: int, row: Call, fact: Fact) -> None:
        for other in row.not_while:
            self._too_early(row, fact, other)
        if row.keyed and fact.id is not None and self._known(number, row, fact.id):
            return
        debts = self._open[number]
        if row.latest:
            for one in debts:
                one.settled = True
            debts.clear()
        debt = Debt(
            row.ask, fact.event, by=row.by, within=row.within, finding=row.finding,
            owed_by=row.owed_by, id_=fact.id if row.keyed else None, refused=row.refused,
        )  # fmt: skip
        if row.played:
            debt.since = max(debt.since, self._playback.until)
        debts.append(debt)
        self._deadlines.add(debt)

    def _known(self, number: int, row: Call, id_: str) -> bool:
        waiting = any(one.id == id_ for one in self._open[number])
        return waiting or any((name, id_) in self._answered for name in row.by)

    def _too_early(self, row: Call, fact: Fact, other: str) -> None:
        waiting = [one for one in self.open() if one.what == other]
        if waiting:
            seqs = (*(one.event.seq for one in waiting), fact.event.seq)
            ids = ", ".join(one.id for one in waiting if one.id)
            words = f" ({ids})" if ids else ""
            self._lapses.add(
                row.too_early,
                f"event {fact.event.seq} ({fact.event.type}) came while event "
                f"{waiting[0].event.seq} ({waiting[0].event.type}) was not answered{words}",
                fact.event.at, seqs, waiting[0].id,
            )  # fmt: skip

    def _answer(self, number: int, row: Call, fact: Fact) -> None:
        self._look_at(row, fact)
        for debts in (self._open[number], self._late[number]):
            debt = _fitting(row, debts, fact)
            if debt is not None:
                answered = list(debts) if row.latest else [debt]
                if row.sender is Sender.CLIENT:
                    self.answered = answered[-1].event
                for one in answered:
                    debts.remove(one)
                    one.settled = True
                    if one.told:
                        self._lapses.late(one, fact.event)
                return

    def _look_at(self, row: Call, fact: Fact) -> None:
        """An answer may lack what it must have."""
        if not fact.event.whole:
            return
        for pointer in row.must_have.get(fact.name, ()):
            if not first_at(fact.node, pointer):
                subject = f" of {fact.id}" if fact.id else ""
                self._lapses.add(
                    row.lacking,
                    f"event {fact.event.seq} ({fact.event.type}) has no /{'/'.join(pointer)} in "
                    f"the answer{subject}",
                    fact.event.at, (fact.event.seq,), fact.id,
                )  # fmt: skip

    def _remember(self, name: str, id_: str) -> None:
        self._answered[name, id_] = None
        if len(self._answered) > _KEPT:
            del self._answered[next(iter(self._answered))]


def _fitting(row: Call, debts: deque[Debt], fact: Fact) -> Debt | None:
    if not debts:
        return None
    if not row.keyed or fact.id is None:
        return debts[0]
    return next((one for one in debts if one.id in (None, fact.id)), None)


def _event_id(debt: Debt) -> object:
    return debt.event.payload.get("event_id")
