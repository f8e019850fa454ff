"""Life: follows the calls, scopes and beats of a pack through one session.

Nothing here knows a protocol or the name of a finding: both are rows of the pack.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from rtdebug.engine.breaches import Breaches
from rtdebug.engine.calls import Calls
from rtdebug.engine.debts import Deadlines, Debt
from rtdebug.engine.lapses import Lapse, Lapses
from rtdebug.engine.playback import Playback
from rtdebug.engine.scopes import Scopes
from rtdebug.model.records import Clock, Event, Sender, Undecodable, View
from rtdebug.model.results import Owed
from rtdebug.packs.facts import Fact, binary_fact, facts_of
from rtdebug.packs.lifecycle import Beat, Lifecycle
from rtdebug.packs.pack import Pack
from rtdebug.packs.pointers import first_at

_SHOWN = 200


class Life:
    """What one session has asked, opened and let come.

    ``begun`` is the event with which the session began, ``sent_audio`` how many pieces of audio
    came from the client, ``refused`` what the latest error answered.
    """

    def __init__(self, pack: Pack, life: Lifecycle, view: View, breaches: Breaches) -> None:
        self._pack = pack
        self._life = life
        self._view = view
        self._deadlines = Deadlines()
        self.lapses = Lapses(breaches)
        self._playback = Playback(life.audio)
        self._calls = Calls(life.calls, self._deadlines, self.lapses, self._playback)
        self._scopes = Scopes(
            life.scopes, self._deadlines, self.lapses, self._playback, view,
            pack.binary_facts.values(),
        )  # fmt: skip
        self._beats: list[tuple[Beat, Debt]] = []
        self._binary: set[Sender] = set()
        self._said: set[str] = set()
        self._latest: dict[Sender, int] = dict.fromkeys(Sender, 0)
        self.begun: int | None = None
        self.ended: Event | None = None
        self.sent_audio = 0
        self.refused: list[Debt] = []

    def take(self, event: Event) -> None:
        """Follows one message."""
        self._latest[event.sender] = event.seq
        for fact in facts_of(self._life, self._pack.naming, event):
            self._fact(fact)

    def answered(self) -> Event | None:
        """The event of the client that the latest message answers, told once."""
        event, self._calls.answered = self._calls.answered, None
        return event

    def within(self, event: Event) -> float | None:
        """How long an event of the client may go unanswered; None where nothing answers it."""
        return self._calls.within(facts_of(self._life, self._pack.naming, event))

    def binary(self, message: Undecodable) -> None:
        """Follows one binary message."""
        self._latest[message.sender] = message.seq
        self._binary.add(message.sender)
        name = self._pack.binary_facts[message.sender]
        self._fact(binary_fact(name, message.seq, message.at, message.sender, len(message.data)))

    # -- what is owed ------------------------------------------------------------------------

    @property
    def deadline(self) -> float | None:
        """When something may be late."""
        return self._deadlines.next

    def owed(self) -> tuple[Owed, ...]:
        """All that is owed now, the oldest first."""
        debts = [*self._calls.open(), *self._scopes.open()]
        debts.sort(key=lambda debt: debt.event.seq)
        return tuple(debt.owed(self._awaited(debt)) for debt in debts)

    def late(self, at: float) -> list[Lapse]:
        """What is late by then, and would be seen if it had come."""
        found = []
        for debt in self._deadlines.due(at):
            if any(debt is one for _, one in self._beats):
                found.extend(self._beat_missed(debt, at))
            elif self._excused(debt):
                debt.since = at
                self._deadlines.add(debt)
            elif self._would_show(debt):
                found.append(self._told(debt, at))
        return found

    def given_up(self, at: float, patience: float) -> list[Lapse]:
        """What somebody who gave up at that time had waited for long enough."""
        debts = [*self._calls.open(), *self._scopes.open()]
        late = [one for one in debts if at - one.since >= min(patience, one.within) - 1e-9]
        return [
            self._told(one, at)
            for one in late
            if not one.told and not self._excused(one) and self._would_show(one)
        ]

    def close(self) -> None:
        """The connection ended: nothing comes late any more."""
        self._deadlines = Deadlines()

    # -- facts -------------------------------------------------------------------------------

    def _fact(self, fact: Fact) -> None:
        self._said.add(fact.name)
        if fact.name == self._life.begins and self.begun is None:
            self.begun = fact.event.seq
            self._begin_beats(fact.event)
        if fact.name == "audio.in":
            self.sent_audio += 1
        elif fact.name == "audio.cleared":
            self._playback.forget()
        elif fact.name == "error" and fact.event.sender is Sender.SERVER:
            self.refused = self._calls.refused(self._error_id(fact))
        if fact.name in self._life.ends:
            self.ended = fact.event
        self._playback.take(fact)
        self._beat(fact)
        self._report(fact)
        self._calls.take(fact)
        self._scopes.take(fact)

    def _error_id(self, fact: Fact) -> str | None:
        found = (first_at(fact.node, one) for one in self._life.error.get("id", ()))
        return next((one for one in found if isinstance(one, str)), None)

    def _report(self, fact: Fact) -> None:
        for row in self._life.reports:
            if fact.name == row.fact:
                words = [first_at(fact.event.payload, one) for one in row.because]
                said = ": ".join(str(one)[:_SHOWN] for one in words if isinstance(one, str) and one)
                event = fact.event
                self.lapses.add(
                    row.finding,
                    f"event {event.seq} ({event.type}) says {said or fact.name}",
                    event.at, (event.seq,), fact.id,
                )  # fmt: skip

    # -- beats -------------------------------------------------------------------------------

    def _begin_beats(self, event: Event) -> None:
        for row in self._life.beats:
            if not row.after or self._said.intersection(row.after):
                self._begin_beat(row, event)

    def _begin_beat(self, row: Beat, event: Event) -> None:
        debt = Debt(
            row.by[0], event, by=row.by, within=row.within, finding=row.finding,
            owed_by=row.sender,
        )  # fmt: skip
        self._beats.append((row, debt))
        self._deadlines.add(debt)

    def _beat(self, fact: Fact) -> None:
        if not self._life.begins and not self._beats:
            for row in self._life.beats:
                if fact.name in row.by:
                    self._begin_beat(row, fact.event)
        for row, debt in self._beats:
            if fact.name in row.by and fact.event.sender is row.sender:
                debt.since = fact.event.at
                if debt.told:
                    debt.told = False
                    self.lapses.late(debt, fact.event)
                    self._deadlines.add(debt)

    def _beat_missed(self, debt: Debt, at: float) -> list[Lapse]:
        if self.ended is not None or not self._would_show(debt):
            return []
        return [self._told(debt, at)]

    # -- what may be told --------------------------------------------------------------------

    def _excused(self, debt: Debt) -> bool:
        """Whether the silence of one side is that of the other, which owes an answer first."""
        other = Sender.CLIENT if debt.owed_by is Sender.SERVER else Sender.SERVER
        is_scope = any(debt.what == row.name for row in self._life.scopes)
        return is_scope and self._calls.waits_for(other)

    def _would_show(self, debt: Debt) -> bool:
        """Whether what is owed would be in the record if it had come. In a log that somebody put
        together only a side that is never heard again is known to be silent."""
        view = self._view
        if debt.owed_by not in view.senders or view.clock is Clock.NONE:
            return False
        types = self._life.types_of(debt.by)
        if any(fnmatchcase(type_, pattern) for type_ in types for pattern in view.hidden):
            return False
        if view.selective and not self._latest[debt.owed_by]:
            return False  # nobody knows whether that side is logged at all
        binary = self._pack.binary_facts.get(debt.owed_by) in debt.by
        if binary and view.selective and debt.owed_by not in self._binary:
            return False  # logs rarely keep what is no text
        exact = view.whole and view.clock is Clock.EXACT
        return exact or self._latest[debt.owed_by] <= debt.event.seq

    def _told(self, debt: Debt, at: float) -> Lapse:
        debt.told = True
        self._calls.give_up(debt)
        event, waited = debt.event, at - debt.since
        grew = self._scopes.growth(debt)
        came = "came any more" if grew or debt.since > event.at else "came"
        went_on = self._latest[debt.owed_by] > event.seq
        message = (
            f"event {event.seq} ({event.type}): in {waited:.1f} s none of "
            f"{self._awaited(debt)} {came} from the {debt.owed_by}"
        )
        beats = any(debt is one for _, one in self._beats)
        rests = self._life.types_of(debt.by) if went_on or beats else ()
        return Lapse(debt.finding, message, at, (event.seq,), debt.id, debt=debt, rests_on=rests)

    def _awaited(self, debt: Debt) -> str:
        types = self._life.types_of(debt.by) or debt.by
        return " or ".join(types)
