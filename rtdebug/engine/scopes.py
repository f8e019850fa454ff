"""Scopes: what opens, grows and closes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rtdebug.engine.debts import Deadlines, Debt
from rtdebug.engine.lapses import Lapses
from rtdebug.engine.playback import Playback
from rtdebug.model.records import Event, View
from rtdebug.packs.facts import Fact
from rtdebug.packs.lifecycle import Scope

_KEPT = 1000


class OpenScope:
    """One that is open: its debt is its end; ``grew`` while something came of it, ``broken`` once
    it was broken off, so that it may end with nothing."""

    __slots__ = ("broken", "debt", "grew")

    def __init__(self, debt: Debt) -> None:
        self.debt = debt
        self.grew = 0
        self.broken = False


class Scopes:
    """The scopes of one session; those without ids are one at a time."""

    def __init__(
        self,
        rows: tuple[Scope, ...],
        deadlines: Deadlines,
        lapses: Lapses,
        playback: Playback,
        view: View,
        binary: Iterable[str],
    ) -> None:
        self._rows = rows
        self._deadlines = deadlines
        self._lapses = lapses
        self._playback = playback
        self._view = view
        self._unheard = set(binary)
        self._open: dict[str, dict[str | None, OpenScope]] = {row.name: {} for row in rows}
        self._ended: dict[str, Event] = {}
        self._broken: set[str] = set()

    def take(self, fact: Fact) -> None:
        """What one fact opens, adds to, breaks off or ends."""
        if self._unheard:
            self._unheard.discard(fact.name)
        for row in self._rows:
            if fact.name in row.closes:
                self._close(row, fact)
            elif fact.name in row.resets:
                self._forget(row)
            elif fact.name in row.breaks:
                self._break(row, fact)
            elif fact.name in row.opens or fact.name in row.grows:
                self._move(row, fact)
            elif fact.name in row.nearly:
                for one in self._of(row, fact):
                    one.debt.since = self._since(row, fact)
                    one.debt.finding = row.unended

    def open(self) -> Iterator[Debt]:
        """All that have not ended."""
        for scopes in self._open.values():
            yield from (one.debt for one in scopes.values() if not one.broken)

    def growth(self, debt: Debt) -> int:
        """How many times anything of it came."""
        scopes = (one for scopes in self._open.values() for one in scopes.values())
        return next((one.grew for one in scopes if one.debt is debt), 0)

    def _move(self, row: Scope, fact: Fact) -> None:
        key = fact.id if row.keyed else None
        opens, grows = fact.name in row.opens, fact.name in row.grows
        scopes = self._open[row.name]
        there = self._of(row, fact)
        if opens and not grows:
            if key in scopes and row.keyed:
                there = [scopes[key]]  # it was told of before
            elif scopes and row.overlap:
                self._overlap(row, fact)
            if not (key in scopes and row.keyed):
                there = [self._begin(row, fact, key)]
        elif not there and opens:
            there = [self._begin(row, fact, key)]
        for one in there:
            one.debt.since = self._since(row, fact)
            one.debt.finding = row.finding
            one.broken = False
            one.grew += grows
            if one.debt.told:
                one.debt.told = False
                self._lapses.late(one.debt, fact.event)
                self._deadlines.add(one.debt)

    def _since(self, row: Scope, fact: Fact) -> float:
        return max(fact.event.at, self._playback.until) if row.played else fact.event.at

    def _of(self, row: Scope, fact: Fact) -> list[OpenScope]:
        scopes = self._open[row.name]
        if not row.keyed or fact.id is None:
            return list(scopes.values())
        return [scopes[fact.id]] if fact.id in scopes else []

    def _begin(self, row: Scope, fact: Fact, key: str | None) -> OpenScope:
        scopes = self._open[row.name]
        if key in scopes:
            scopes.pop(key).debt.settled = True
        if len(scopes) >= _KEPT:
            scopes.pop(next(iter(scopes))).debt.settled = True
        debt = Debt(
            row.name, fact.event, by=(*row.grows, *row.closes), within=row.silence,
            finding=row.finding, owed_by=row.owed_by, id_=key,
        )  # fmt: skip
        scopes[key] = OpenScope(debt)
        self._deadlines.add(debt)
        return scopes[key]

    def _forget(self, row: Scope) -> None:
        """Another is asked for: what was there is not waited for any more."""
        for one in self._open[row.name].values():
            one.debt.settled = True
        self._open[row.name].clear()
        self._broken.discard(row.name)

    def _break(self, row: Scope, fact: Fact) -> None:
        self._broken.add(row.name)
        for one in self._of(row, fact):
            one.broken = True
            one.debt.settled = True

    def _close(self, row: Scope, fact: Fact) -> None:
        there = self._of(row, fact)
        empty = not any(one.grew or one.broken for one in there) and row.name not in self._broken
        if row.empty and empty and self._shows(row, fact, bool(there)):
            self._tell_empty(row, fact, there)
        for key, one in list(self._open[row.name].items()):
            if one in there:
                del self._open[row.name][key]
                one.debt.settled = True
                if one.debt.told:
                    self._lapses.late(one.debt, fact.event)
        self._broken.discard(row.name)
        self._ended[row.name] = fact.event

    def _shows(self, row: Scope, fact: Fact, began: bool) -> bool:
        """Whether the record shows all that came of it: it may have begun inside, and logs
        rarely keep what is no text."""
        if self._view.selective and self._unheard.intersection(row.grows):
            return False
        known = began or self._view.from_start or row.name in self._ended
        return known and self._view.whole and not self._view.hidden and fact.event.whole

    def _tell_empty(self, row: Scope, fact: Fact, there: list[OpenScope]) -> None:
        began = there[0].debt.event if there else self._ended.get(row.name)
        since = f" since event {began.seq} ({began.type})" if began is not None else ""
        seqs = (*((began.seq,) if there and began is not None else ()), fact.event.seq)
        self._lapses.add(
            row.empty,
            f"event {fact.event.seq} ({fact.event.type}) ends what held nothing: nothing of it "
            f"came{since}",
            fact.event.at, seqs, fact.id,
        )  # fmt: skip

    def _overlap(self, row: Scope, fact: Fact) -> None:
        other = next(reversed(self._open[row.name].values())).debt
        self._lapses.add(
            row.overlap,
            f"event {fact.event.seq} ({fact.event.type}) begins another before that of event "
            f"{other.event.seq} ({other.event.type}) has ended",
            fact.event.at, (other.event.seq, fact.event.seq), fact.id,
        )  # fmt: skip
