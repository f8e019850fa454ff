"""Plays one case: its steps, then what its checks still wait for, then, of a server that was
silent, whether it answers anything at all. It knows no socket and no clock."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rtdebug.model import commands
from rtdebug.model.commands import Command
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Event, Opened, Record, Refused, Sender
from rtdebug.model.results import Outcome, StepResult
from rtdebug.packs.pack import Pack
from rtdebug.probe.case import Case, Check, Suite
from rtdebug.probe.checks import CaseRecord, hold
from rtdebug.scenario.player import Player
from rtdebug.scenario.stage import StepFault

SETTLING = 1.2  # seconds that a late answer may take: errors of commits were seen 1 s late
_MOST = 10_000  # events that are kept


class CasePlayer:
    """An actor that plays one case; the driver's player.

    ``limit`` is how long a case may take in all, seconds. ``alive`` says whether a server that
    was silent answered afterwards, None where it was not asked.
    """

    def __init__(self, case: Case, suite: Suite, pack: Pack, *, limit: float) -> None:
        self.case = case
        self.alive: bool | None = None
        self.opened: Opened | None = None
        self.refused: Refused | None = None
        self.closed: Closed | None = None
        self.events: list[Event] = []
        self.cut = False
        self._suite = suite
        self._pack = pack
        self._player = Player(case.scenario)
        self._limit = limit
        self._until: float | None = None  # while it settles, or waits for a sign of life
        self._asked_alive = False
        self._over = False
        self._silent = True
        self._reason = ""

    # -- the driver's side -------------------------------------------------------------------

    @property
    def deadline(self) -> float | None:
        """When it wants to be woken."""
        if self._over or self.opened is None:
            return None
        own = self._limit if self._until is None else min(self._until, self._limit)
        theirs = self._player.deadline
        return own if theirs is None else min(own, theirs)

    @property
    def done(self) -> bool:
        """Whether nothing more is asked or waited for."""
        return self._over

    @property
    def reason(self) -> str:
        """How it ended."""
        return self._reason or self._player.reason

    @property
    def waited(self) -> float:
        """How long the failing step waited in vain."""
        return self._player.waited

    def observe(self, record: Record) -> Sequence[Command]:
        """A record of either direction."""
        self._note(record)
        return self._go(record.at, self._player.observe(record))

    def advance(self, at: float) -> Sequence[Command]:
        """Time has come to ``at``."""
        said = () if self._player.done else self._player.advance(at)
        if at >= self._limit and not self._over:
            self.cut = True
            self.interrupt(at)
        return self._go(at, said)

    def interrupt(self, at: float) -> None:
        """Whoever watches wants to stop."""
        self._player.interrupt(at)
        self._over = True

    # -- what became of it -------------------------------------------------------------------

    def steps(self) -> tuple[StepResult, ...]:
        """The results of the steps."""
        return self._player.steps()

    def failed(self) -> StepResult | None:
        """The step that failed, None where all passed."""
        return next((one for one in self.steps() if one.outcome is Outcome.FAILED), None)

    def heard(self, findings: Sequence[Finding] = ()) -> CaseRecord:
        """What the checks are held against."""
        return CaseRecord(self._pack, self.events, self.opened, findings, self._player.seeker)

    def voided(self) -> Event | None:
        """The first event after which the case cannot be answered."""
        for spec in self.case.void:
            try:
                seeker = self._player.seeker(spec)
            except StepFault:
                continue
            for event in self.events:
                if seeker.fits(event):
                    return event
        return None

    # -- the way through ---------------------------------------------------------------------

    def _note(self, record: Record) -> None:
        match record:
            case Opened():
                self.opened = record
            case Refused():
                self.refused = record
            case Closed():
                self.closed = record
            case Event(sender=Sender.SERVER):
                if len(self.events) < _MOST:
                    self.events.append(record)
                routine = record.type in self._suite.routine and self.case.ground > 0
                if self._asked and not routine:
                    self._silent = False
                if self._asked_alive:
                    self.alive = True

    @property
    def _asked(self) -> bool:
        """Whether what the case stands on is there, so that what comes may be an answer."""
        return len(self.steps()) >= self.case.ground

    def _go(self, at: float, said: Sequence[Command]) -> Sequence[Command]:
        if self._over or not self._player.done:
            return said
        if self.refused is not None or self.closed is not None:
            self._over = True
        elif self._player.reason != "finished":
            return [*said, *self._ask(at)]
        else:
            self._settle(at)
        return said

    def _settle(self, at: float) -> None:
        """The steps passed: give what the checks ask for time to come."""
        if self._until is None:
            self._until = at + min(SETTLING, self.case.scenario.timeout)
        self._over = at >= self._until or all(map(self._holds, self.case.checks))

    def _holds(self, check: Check) -> bool:
        if check.kind not in ("expect", "refused", "seen"):
            return True
        return hold(check, self.heard()) == []

    def _ask(self, at: float) -> Sequence[Command]:
        """A step failed: where the server just said nothing, see whether it says anything."""
        failed = self.failed()
        own = failed is not None and failed.index > self.case.ground
        if not self._asked_alive and own and self.waited and self._silent:
            self._asked_alive, self._until, self.alive = True, at + self.waited, False
            return [commands.Send(json.dumps(self._suite.alive.event))]
        self._over = self.alive is not False or at >= (self._until or 0.0)
        return ()
