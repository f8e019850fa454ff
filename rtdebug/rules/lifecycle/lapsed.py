"""What a pack says must come, and did not."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.breaches import Breach
from rtdebug.engine.lapses import NAME, Lapse
from rtdebug.engine.patience import patience_at
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Closed, Ended, Event, Opened
from rtdebug.model.value import replace
from rtdebug.rules.said.saying import NeutralSayingRule

_LATE = "It came, but late"


class Lapsed(NeutralSayingRule):
    """Tells of what the session's life has found, at the time of its deadline."""

    serves = "data"
    roles = ("*",)
    breaches = (NAME,)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told: dict[int, Finding] = {}

    def opened(self, opened: Opened) -> Iterable[Finding]:
        """Nothing is owed yet."""
        return NOTHING

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Something may be owed since."""
        self._set()
        return NOTHING

    def breached(self, breach: Breach) -> Iterable[Finding]:
        """Something is wrong by itself, or has come after all."""
        life = self.state.life
        return self._all(life.lapses.drain()) if life is not None else NOTHING

    def advance(self, at: float) -> Iterable[Finding]:
        """The earliest may be late."""
        life = self.state.life
        found = self._all(life.late(at)) if life is not None else ()
        self._set()
        return found

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever waited gave up; the end of a log alone proves no silence."""
        life = self.state.life
        if life is None or ended.waited <= 0:
            return NOTHING
        return self._all(life.given_up(ended.at, patience_at(ended, self.patience)))

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """What is still owed is open, and no more late than it is."""
        if self.state.life is not None:
            self.state.life.close()
        return NOTHING

    def _set(self) -> None:
        life = self.state.life
        deadline = life.deadline if life is not None else None
        if deadline is not None:
            self.wake_at(deadline)

    def _all(self, lapses: Iterable[Lapse]) -> tuple[Finding, ...]:
        return tuple(found for lapse in lapses if (found := self._one(lapse)) is not None)

    def _one(self, lapse: Lapse) -> Finding | None:
        if lapse.answer is not None:
            return self._after_all(lapse, lapse.answer)
        life = self.state.pack.life
        name = life.names.get(lapse.finding, lapse.finding) if life is not None else lapse.finding
        text = self.state.pack.errors.text(name)
        if text is None:
            return None
        found = text.variant("by-fact").finding(
            lapse.message, at=lapse.at, evidence=lapse.evidence, subject=lapse.subject
        )
        if lapse.debt is not None:
            self._told[id(lapse.debt)] = found
        return self.resting_on(found, *lapse.rests_on)

    def _after_all(self, lapse: Lapse, answer: Event) -> Finding | None:
        told = self._told.pop(id(lapse.debt), None)
        if told is None:
            return None
        self.withdraw(told.key)
        message = f"{told.message}. It came after all: event {answer.seq} ({answer.type})"
        return replace(told, severity=Severity.WARNING, title=_LATE, message=message)
