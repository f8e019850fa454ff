"""Plays a scenario as a client: records in, commands out. It knows no socket and no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from rtdebug.model.commands import Command
from rtdebug.model.records import Closed, Event, Opened, Record, Refused, Sender, Undecodable
from rtdebug.model.results import Outcome, StepResult
from rtdebug.model.value import EMPTY, replace
from rtdebug.safe import one_line
from rtdebug.scenario.acts import act_for
from rtdebug.scenario.audio import declared_format
from rtdebug.scenario.document import EventSpec, Head, Scenario, SendAudio, SendStep, Step
from rtdebug.scenario.limit_meter import LimitMeter
from rtdebug.scenario.seeking import Seeker
from rtdebug.scenario.speaking import LaterAct
from rtdebug.scenario.stage import Act, Stage, StepEnd, StepFault
from rtdebug.scenario.substitution import conceal
from rtdebug.scenario.tool_answers import ToolAnswers
from rtdebug.scenario.vocabulary import Vocabulary, vocabulary_of

_SESSION_ROLES = ("session.created", "session.updated", "session.update")


class Player:
    """An actor that plays the client of one session.

    It begins when the connection has opened and is ``done`` when every step has a result; then
    ``reason`` says how it ended and ``waited`` how many seconds the failing step had waited in
    vain (0 when none had). After the first failing step the rest are skipped. ``may_come`` says
    of a type of event whether anything that is open can still bring it.
    """

    def __init__(
        self,
        scenario: Scenario,
        vocabulary: Vocabulary | None = None,
        may_come: Callable[[str], bool] | None = None,
    ) -> None:
        self._words = vocabulary or vocabulary_of(scenario.pack)
        self._scenario = scenario
        self._stage = Stage(scenario, self._words, may_come)
        self._tools = ToolAnswers(scenario, self._stage)
        self._limits = tuple(limit for limit in scenario.limits if limit.over == 100)
        self._meter = LimitMeter(self._limits, self._words.roles)
        self._session_types = {self._words.roles.get(role) for role in _SESSION_ROLES}
        self._queue: deque[Step] = deque(scenario.steps)
        self._results: dict[int, StepResult] = {}
        self._own: dict[int, tuple[int, ...]] = {}
        self._current: tuple[Head, Act] | None = None
        self._later: list[LaterAct] = []
        self._open = False
        self.done = False
        self.waited = 0.0
        self.reason = ""

    @property
    def deadline(self) -> float | None:
        """When it next wants to be woken, seconds of the connection."""
        if self.done or not self._open:
            return None
        acts = [*self._later, *([self._current[1]] if self._current else [])]
        return min((act.deadline for act in acts if act.deadline is not None), default=None)

    def observe(self, record: Record) -> Sequence[Command]:
        """A record of either direction; the commands it leads to."""
        if isinstance(record, Event | Undecodable) and record.sender is Sender.CLIENT:
            self._saw_own(record)
        if self.done:
            return ()
        self._stage.crossed(record.at)
        match record:
            case Opened():
                self._open = True
            case Refused():
                self._stop(record.at, "refused", "no session")
            case Event(sender=Sender.SERVER):
                self._hear(record)
            case Undecodable(sender=Sender.SERVER):
                self._stage.inbox.put(record)
            case Closed():
                self._stage.closed = record
        return self._go(record.at)

    def advance(self, at: float) -> Sequence[Command]:
        """Time has come to ``at``."""
        return () if self.done else self._go(at)

    def interrupt(self, at: float) -> None:
        """Whoever watched wants to stop: what is unfinished is skipped."""
        if not self.done:
            self._stop(at, "interrupted", "interrupted")

    def steps(self) -> tuple[StepResult, ...]:
        """What became of the steps so far, in playing order; of branches only those taken."""
        return tuple(
            result if result.evidence else replace(result, evidence=self._own.get(index, ()))
            for index, result in sorted(self._results.items())
        )

    def seeker(self, spec: EventSpec) -> Seeker:
        """A seeker of an event, with what was captured so far; StepFault where that is missing."""
        return self._stage.seeker(spec, EMPTY)

    def _hear(self, event: Event) -> None:
        self._note_session(event)
        self._meter.observe(event)
        self._stage.inbox.put(event)
        try:
            self._tools.observe(event)
        except StepFault as fault:
            head = self._scenario.tools_head
            if head is not None:
                self._settle(head, StepEnd(False, fault.detail, fault.evidence), event.at)

    def _saw_own(self, record: Event | Undecodable) -> None:
        """A message of ours crossed the wire: evidence of the step that sent it, of a step that
        sent many the first and the last."""
        if isinstance(record, Event):
            self._note_session(record)
        if not self._stage.sent:
            return
        index = self._stage.sent.popleft()
        self._own[index] = (*self._own.get(index, ())[:1], record.seq)

    def _note_session(self, event: Event) -> None:
        if event.type in self._session_types:
            session = event.payload.get("session")
            if isinstance(session, dict):
                told = declared_format(session, self._words.input_format)
                self._stage.input_format = told or self._stage.input_format

    def _go(self, at: float) -> Sequence[Command]:
        """Do whatever can be done at this moment."""
        if self._open and not self.done:
            self._try_later(at)
            self._stage.later = len(self._later)
            while not self.done and self._step(at):
                pass
            if not self.done and self._current is None:
                self._wind_up(at)
        out, self._stage.out = self._stage.out, []
        return out

    def _step(self, at: float) -> bool:
        """Begin or go on with the current step; whether there may be more to do."""
        if self._current is None:
            if not self._queue:
                return False
            self._begin(self._queue.popleft(), at)
            return True
        head, act = self._current
        verdict = _polled(act, at)
        if verdict is None:
            return False
        self._current = None
        self._queue.extendleft(reversed(verdict.then))
        self._settle(head, verdict, at)
        return True

    def _begin(self, step: Step, at: float) -> None:
        try:
            if isinstance(step, SendStep | SendAudio) and step.after is not None:
                make = partial(act_for, step, self._stage)
                self._later.append(LaterAct(step.head, step.after, self._stage, make))
                self._try_later(at)
                self._stage.later = len(self._later)
            else:
                self._current = (step.head, act_for(step, self._stage, at))
        except StepFault as fault:
            self._settle(step.head, StepEnd(False, fault.detail, fault.evidence), at)

    def _try_later(self, at: float) -> None:
        for act in list(self._later):
            verdict = _polled(act, at)
            if verdict is not None and not self.done:
                self._later.remove(act)
                self._settle(act.head, verdict, at)

    def _wind_up(self, at: float) -> None:
        """All steps are done; what was to be sent later may still be outstanding."""
        for act in self._later:
            act.lose_patience(at, self._scenario.timeout)
        if not self._later:
            self._stage.end_watches(self._stage.inbox.end)
            self._settle_broken(at)
            if not self.done:
                self._finish(at)

    def _settle(self, head: Head, verdict: StepEnd, at: float) -> None:
        """A step has ended."""
        self._record(head, verdict, at)
        if not verdict.passed:
            self.waited = verdict.waited
            self._stop(at, "gave-up", "an earlier step failed")
        else:
            self._settle_broken(at)

    def _settle_broken(self, at: float) -> None:
        if self._stage.broken and not self.done:
            self._stop(at, "gave-up", "an earlier step failed")

    def _record(self, head: Head, verdict: StepEnd, at: float) -> None:
        outcome = Outcome.PASSED if verdict.passed else Outcome.FAILED
        detail = one_line(conceal(verdict.detail, self._scenario.secrets))
        self._results[head.index] = StepResult(
            head.index, head.label, outcome, at, detail, verdict.evidence, head.source
        )

    def _stop(self, at: float, reason: str, why: str) -> None:
        """Nothing more is played; what has no result is skipped."""
        unfinished = [step.head for step in self._queue]
        unfinished += [act.head for act in self._later]
        unfinished += [self._current[0]] if self._current else []
        unfinished += [limit.head for limit in self._limits]
        unfinished += [self._scenario.tools_head] if self._scenario.tools_head else []
        for head in unfinished:
            if head.index not in self._results:
                self._results[head.index] = StepResult(
                    head.index, head.label, Outcome.SKIPPED, None, why, (), head.source
                )
        self._stage.end_watches(self._stage.inbox.end)
        for head, verdict in self._stage.broken:
            self._record(head, verdict, at)
        self.done, self.reason = True, reason

    def _finish(self, at: float) -> None:
        """Everything was played: what remains is to judge the whole."""
        if self._scenario.tools_head is not None:
            self._record(self._scenario.tools_head, self._tools.verdict(), at)
        for limit, verdict in self._meter.verdicts():
            self._record(limit.head, verdict, at)
        self.done, self.reason = True, "finished"


def _polled(act: Act, at: float) -> StepEnd | None:
    try:
        return act.poll(at)
    except StepFault as fault:
        return StepEnd(False, fault.detail, fault.evidence)
