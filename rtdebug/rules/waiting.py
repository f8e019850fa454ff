"""Base of the rules that wait for what should follow: a clock for each thing that is waited for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rtdebug.engine.rule import NEVER
from rtdebug.model.findings import Finding
from rtdebug.model.records import Clock, Ended, Event, Sender
from rtdebug.model.value import Value
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.lasting import following
from rtdebug.rules.visibility import hides, sees, sender_of, shows

_MOST = 1000


class Awaited(Value):
    """Something that is waited for: what it is about, since when, and the events behind it."""

    key: str
    at: float
    evidence: tuple[int | None, ...]


class WaitingRule(Rule):
    """Waits ``within`` seconds for an event of the role ``awaited``.

    Silence counts only where it is known to be silence: in a machine's own record as time passes,
    in a log put together by hand only when nothing of it came up to the end.
    """

    within: ClassVar[float] = 10.0
    awaited: ClassVar[str]
    patient = True

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.waits: dict[str, Awaited] = {}

    # -- for rules ----------------------------------------------------------------------------

    def wait(self, key: str, event: Event, *more: int | None) -> None:
        """Begins to wait, unless there is a wait of that key already."""
        if key not in self.waits and len(self.waits) < _MOST:
            self.waits[key] = Awaited(key, event.at, (*more, event.seq))
            self.wake_at(event.at + self.within)

    def over(self, key: str) -> Awaited | None:
        """What was waited for came, or is not to be waited for any more."""
        return self.waits.pop(key, None)

    def overdue(self, wait: Awaited, at: float) -> Iterable[Finding]:
        """What is to be said of a wait that was in vain."""
        raise NotImplementedError

    def holds(self, wait: Awaited) -> bool:
        """Whether the wait still makes sense at the moment it would be reported."""
        return True

    def since(self, wait: Awaited) -> float:
        """Since when there has been silence: later than the wait where something moved."""
        return wait.at

    def waited(self, wait: Awaited, at: float) -> str:
        """How long, in words, as far as the record can tell."""
        since = self.since(wait)
        if self.state.view.clock is Clock.NONE or at <= since:
            return "up to the end of the log"
        return following(at - since, self.state.view.clock)

    # -- for the session ----------------------------------------------------------------------

    def advance(self, at: float) -> Iterable[Finding]:
        """The earliest may be overdue."""
        if self.state.verbatim and shows(self.state, self.awaited):
            yield from self._due(at, self.within)
        upcoming = (self.since(wait) + self.within for wait in self.waits.values())
        self.wake_at(min((due for due in upcoming if due > at), default=NEVER))

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever waited gave up, or the record says that nothing followed."""
        state = self.state
        if sees(state, sender_of(state, self.awaited)) and not hides(state, self.awaited):
            yield from self._due(ended.at, min(patience, self.within))

    def finished(self) -> Iterable[Finding]:
        """What never came in a log with times, although it logs such events."""
        state = self.state
        last = state.last
        if state.view.clock is Clock.NONE or state.verbatim or last is None:
            return
        if shows(state, self.awaited):
            yield from self._due(last.at, self.within)

    def _due(self, at: float, within: float) -> Iterable[Finding]:
        due = [one for one in self.waits.values() if at - self.since(one) >= within - 1e-9]
        for wait in due:
            del self.waits[wait.key]
            if self.holds(wait):
                for found in self.overdue(wait, at):
                    yield self.resting_on(found, *self._proofs())

    def _proofs(self) -> tuple[str, ...]:
        """What shows that the awaited would be logged: a log that has every piece of audio in it
        has everything, and one that has what the client creates has what it asks for."""
        by_client = sender_of(self.state, self.awaited) is Sender.CLIENT
        return (self.awaited, "audio.append", *(("item.create",) if by_client else ()))
