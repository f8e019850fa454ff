"""Base of the rules about one kind of client event that nothing answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rtdebug.engine.due import Due
from rtdebug.engine.rule import NEVER, NOTHING
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Closed, Ended, Event
from rtdebug.model.value import replace
from rtdebug.protocols.openai_realtime.requests import Request
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.giving_up import GAVE_UP, gave_up
from rtdebug.rules.lasting import lasted
from rtdebug.rules.visibility import hides

_LATE = "The answer came late"


class UnansweredRule(Rule):
    """Waits, for each event of ``ask``, for its answer or for an error that belongs to it.

    ``by`` are the roles of its answers; ``after`` words what the missing answer leaves undone.
    """

    ask: ClassVar[str]
    by: ClassVar[tuple[str, ...]] = ()
    after: ClassVar[str] = ""
    patient = True

    def __init_subclass__(cls) -> None:
        cls.roles = (cls.ask, *cls.by)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told: dict[int, Finding] = {}
        self._due = Due(self._due_at)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Another one was asked, or one that was given up is answered after all."""
        if role == self.ask:
            request = self.state.request
            if request is not None and self.within < NEVER:
                self._due.add(request.at + self.within, request)
                self.wake_at(request.at + self.within)
            return NOTHING
        if not self._told:
            return NOTHING
        request = self.state.answered
        told = self._told.pop(request.seq, None) if request is not None else None
        if request is None or told is None:
            return NOTHING
        self.withdraw(told.key)
        late_by = lasted(event.at - request.at, self.state.view.clock, 1)
        message = f"{told.message}. Its answer came after all, {late_by} late"
        late = replace(told, severity=Severity.WARNING, title=_LATE, message=message)
        return (late,)

    def advance(self, at: float) -> Iterable[Finding]:
        """The earliest is overdue."""
        for request in self._due.passed(at):
            if self._can_tell(request):
                yield self._found(request, at)
        self.wake_at(self._due.next)

    @property
    def within(self) -> float:
        """How long its answer may take, in seconds; for ever where the pack names none."""
        answer = self.state.pack.answers.get(self.ask)
        return answer.within if answer is not None else NEVER

    def _due_at(self, request: Request) -> float | None:
        waits = request.pending and request.seq not in self._told
        return request.at + self.within if waits else None

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever waited gave up, or the record says that nothing followed."""
        return self._given_up(ended.at, patience)

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The client hung up, perhaps because no answer had come for long enough."""
        return self._given_up(closed.at, GAVE_UP) if gave_up(closed, self.state) else NOTHING

    def _given_up(self, at: float, patience: float) -> Iterable[Finding]:
        within = min(patience, self.within)
        for request in list(self.state.requests.pending.get(self.ask, ())):
            waits = request.pending and request.seq not in self._told
            if waits and at - request.at >= within - 1e-9 and self._can_tell(request):
                yield self._found(request, at)

    def _can_tell(self, request: Request) -> bool:
        """A log that was put together by hand may simply leave the answer out: only when nothing
        at all follows does it show silence."""
        state = self.state
        if request.perhaps_refused or any(hides(state, role) for role in self.by):
            return False
        if state.verbatim:
            return True
        if state.last_server is not None and state.last_server.seq >= request.seq:
            return False
        return not self._told_before(request)

    def _told_before(self, request: Request) -> bool:
        """Whether the answer may stand before the request, as in a report that shows what came
        first and what was sent behind it."""
        return False

    def _left_undone(self, request: Request) -> tuple[str, str | None]:
        """What the missing answer leaves undone, and the key of the finding it follows from."""
        return self.after, None

    def _found(self, request: Request, at: float) -> Finding:
        answer = self.state.pack.answers[self.ask]
        by = " or ".join(dict.fromkeys(self.state.pack.type(role) for role in answer.by))
        doubt = (
            f" that names it (event {request.error_seq} names none)" if request.error_seq else ""
        )
        message = f"event {request.seq} ({request.type}) got neither {by} nor an error{doubt}"
        waited = at - request.at
        if waited > 0:
            message += f" in {lasted(waited, self.state.view.clock, 1)}"
        last = self.state.last_server
        if last is not None and last.seq > request.seq:
            message += f", while the server went on (event {last.seq}, {last.type})"
        after, under = self._left_undone(request)
        message += f"; {after}" if after else ""
        found = self.finding(
            message, at=at, evidence=(request.seq, request.error_seq), subject=request.subject,
            under=under,
        )  # fmt: skip
        self._told[request.seq] = found
        self.state.requests.give_up(request)
        went_on = last is not None and last.seq > request.seq
        return self.resting_on(found, *answer.by) if went_on else found
