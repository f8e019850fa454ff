"""Lapses: what has turned out wrong with what was owed, until a rule tells of it."""

from __future__ import annotations

from rtdebug.engine.breaches import Breaches
from rtdebug.engine.debts import Debt
from rtdebug.model.records import Event

NAME = "lapse"
"""The breach that carries one: its ``rests_on`` are types of message, its finding is data."""


class Lapse:
    """One of them. ``finding`` is its name in the pack, ``debt`` what was owed, if anything was;
    ``answer`` is what came too late."""

    __slots__ = ("answer", "at", "debt", "evidence", "finding", "message", "rests_on", "subject")

    def __init__(
        self,
        finding: str,
        message: str,
        at: float,
        evidence: tuple[int, ...],
        subject: str | None = None,
        *,
        debt: Debt | None = None,
        answer: Event | None = None,
        rests_on: tuple[str, ...] = (),
    ) -> None:
        self.finding = finding
        self.message = message
        self.at = at
        self.evidence = evidence
        self.subject = subject
        self.debt = debt
        self.answer = answer
        self.rests_on = rests_on


class Lapses:
    """Collects them; the session is told by a breach that there is something to tell."""

    def __init__(self, breaches: Breaches) -> None:
        self._breaches = breaches
        self._pending: list[Lapse] = []

    def add(
        self, finding: str, message: str, at: float, evidence: tuple[int, ...], subject: str | None
    ) -> None:
        """Something that is wrong by itself."""
        self._note(Lapse(finding, message, at, evidence, subject))

    def late(self, debt: Debt, answer: Event) -> None:
        """What was told to be missing has come after all."""
        seqs = (debt.event.seq, answer.seq)
        self._note(Lapse(debt.finding, "", answer.at, seqs, debt.id, debt=debt, answer=answer))

    def drain(self) -> list[Lapse]:
        """What was noted since the last call."""
        pending, self._pending = self._pending, []
        return pending

    def _note(self, lapse: Lapse) -> None:
        if not self._pending:
            self._breaches.add(NAME, "", lapse.at, lapse.evidence)
        self._pending.append(lapse)
