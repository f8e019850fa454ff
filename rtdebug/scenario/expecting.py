"""Plays the steps that wait for events: one, all of several, any of several, or none.

A message that arrives after the deadline does not count, however late it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.records import Event
from rtdebug.scenario.document import Branch, Expect, ExpectAll, ExpectAny
from rtdebug.scenario.inbox import Message
from rtdebug.scenario.looking import Looking
from rtdebug.scenario.matching import Tally
from rtdebug.scenario.seeking import Seeker
from rtdebug.scenario.stage import Stage, StepEnd
from rtdebug.scenario.telling import after, too_late

_EVIDENCE = 10


def nearest(message: Message, seekers: Iterable[Seeker]) -> Tally | None:
    """How a message fits the one of several it fits best, None for one of another type."""
    tallies = [tally for seeker in seekers if (tally := seeker.near(message)) is not None]
    return max(tallies, key=lambda tally: tally.score, default=None)


class ExpectAct:
    """One event, or as many as its count asks for. The cursor moves behind the last of them."""

    def __init__(self, step: Expect, stage: Stage, at: float) -> None:
        self._step = step
        self._stage = stage
        self._seeker = stage.seeker(step.wanted.event, step.head.bindings)
        self._looking = Looking(stage, at, step.within)
        self._found = 0
        self._first: list[int] = []
        self._remark = too_late(stage.inbox.behind, step.wanted.event.label)

    @property
    def deadline(self) -> float | None:
        """When it gives up."""
        return self._looking.wake

    def poll(self, at: float) -> StepEnd | None:
        """Look at what has come."""
        least = self._step.count.least
        if least == 0:
            return self._passed(at)
        while (following := self._looking.following()) is not None:
            number, message = following
            if self._seeker.fits(message) and isinstance(message, Event):
                self._match(number, message)
                if self._found == least:
                    self._stage.keep(self._step.wanted, message)
                    return self._passed(message.at)
            elif self._step.next:
                return self._not_next(message)
            else:
                self._looking.skip(number, message, self._seeker.near(message))
        wanted = self._seeker.words if least == 1 else f"{least} of {self._seeker.words}"
        remark = "" if self._found else self._remark
        if self._found:
            wanted = f"{wanted} ({self._found} came)"
        in_vain = bool(self._stage.hopeless(at, [self._seeker]))
        return self._looking.ended(at, wanted, remark, in_vain=in_vain)

    def _match(self, number: int, message: Event) -> None:
        if not self._found:
            self._stage.end_watches(number)
        self._found += 1
        if len(self._first) < _EVIDENCE:
            self._first.append(message.seq)
        self._stage.inbox.take(number)

    def _passed(self, at: float) -> StepEnd:
        count = self._step.count
        if count.most is not None:
            self._stage.watch(self._step.head, self._seeker, count.most - count.least)
        if not self._found:
            return StepEnd(True)
        numbers = ", ".join(f"#{seq}" for seq in self._first[:3])
        more = f" and {self._found - 3} more" if self._found > 3 else ""
        told = f"{numbers}{more} {after(at - self._looking.began)}"
        return StepEnd(True, told, tuple(self._first))

    def _not_next(self, message: Message) -> StepEnd:
        near = self._seeker.near(message)
        self._looking.came.add(message, near)
        name = message.type if isinstance(message, Event) else "a message that is no event"
        nearest = f", {near.misses[0]}" if near is not None and near.misses else ""
        told = f"Expected {self._seeker.words} next, but #{message.seq} is {name}{nearest}."
        return StepEnd(False, told, (message.seq,))


class ExpectAllAct:
    """All of several events in any order, each by an event of its own. The cursor moves behind the
    last event that was needed."""

    def __init__(self, step: ExpectAll, stage: Stage, at: float) -> None:
        self._step = step
        self._stage = stage
        self._seekers = [stage.seeker(one.event, step.head.bindings) for one in step.wanted]
        self._looking = Looking(stage, at, step.within)
        self._owner: dict[int, int] = {}
        self._events: list[tuple[Event, list[int]]] = []

    @property
    def deadline(self) -> float | None:
        """When it gives up."""
        return self._looking.wake

    def poll(self, at: float) -> StepEnd | None:
        """Look at what has come."""
        while (following := self._looking.following()) is not None:
            number, message = following
            fitting = [i for i, seeker in enumerate(self._seekers) if seeker.fits(message)]
            if not isinstance(message, Event) or not self._place(message, fitting):
                self._looking.skip(number, message, self._near(message))
                continue
            if len(self._owner) == 1:
                self._stage.end_watches(number)
            if len(self._owner) == len(self._seekers):
                self._stage.inbox.take(number)
                return self._passed(message.at)
        missing = [s for i, s in enumerate(self._seekers) if i not in self._owner]
        hopeless = self._stage.hopeless(at, missing)
        wanted = ", and ".join(seeker.words for seeker in hopeless or missing)
        if self._owner:
            wanted = f"{wanted} ({len(self._owner)} of {len(self._seekers)} came)"
        return self._looking.ended(at, wanted, in_vain=bool(hopeless))

    def _place(self, event: Event, fitting: list[int]) -> bool:
        """Give an event to an expectation, moving others over where that makes room: an event
        that fits two must not take the place of one that fits only one."""
        self._events.append((event, fitting))
        if self._augment(len(self._events) - 1, set()):
            return True
        self._events.pop()
        return False

    def _augment(self, event: int, tried: set[int]) -> bool:
        for wanted in self._events[event][1]:
            if wanted in tried:
                continue
            tried.add(wanted)
            if wanted not in self._owner or self._augment(self._owner[wanted], tried):
                self._owner[wanted] = event
                return True
        return False

    def _near(self, message: Message) -> Tally | None:
        return nearest(message, (s for i, s in enumerate(self._seekers) if i not in self._owner))

    def _passed(self, at: float) -> StepEnd:
        for wanted, owner in sorted(self._owner.items()):
            self._stage.keep(self._step.wanted[wanted], self._events[owner][0])
        evidence = tuple(sorted(event.seq for event, _ in self._events))
        return StepEnd(True, f"all {after(at - self._looking.began)}", evidence)


class ExpectAnyAct:
    """The first event that fits one of several branches, tried in the order they are written."""

    def __init__(self, step: ExpectAny, stage: Stage, at: float) -> None:
        self._stage = stage
        self._branches: list[tuple[Branch, Seeker]] = [
            (branch, stage.seeker(branch.wanted.event, step.head.bindings))
            for branch in step.branches
        ]
        self._looking = Looking(stage, at, step.within)

    @property
    def deadline(self) -> float | None:
        """When it gives up."""
        return self._looking.wake

    def poll(self, at: float) -> StepEnd | None:
        """Look at what has come."""
        while (following := self._looking.following()) is not None:
            number, message = following
            for branch, seeker in self._branches:
                if seeker.fits(message) and isinstance(message, Event):
                    self._stage.end_watches(number)
                    self._stage.inbox.take(number)
                    self._stage.keep(branch.wanted, message)
                    took = after(message.at - self._looking.began)
                    told = f"#{message.seq} {message.type} {took}"
                    return StepEnd(True, told, (message.seq,), then=branch.then)
            near = nearest(message, (seeker for _, seeker in self._branches))
            self._looking.skip(number, message, near)
        seekers = [seeker for _, seeker in self._branches]
        in_vain = len(self._stage.hopeless(at, seekers)) == len(seekers)
        wanted = " or ".join(seeker.words for seeker in seekers)
        return self._looking.ended(at, wanted, in_vain=in_vain)
