"""What the steps of one playing share: the inbox, captured values, what is to be said."""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from rtdebug.model import commands
from rtdebug.model.records import Closed, Event
from rtdebug.model.value import Value, replace
from rtdebug.safe import one_line
from rtdebug.scenario.audio import AudioFormat
from rtdebug.scenario.document import EventSpec, Expected, Head, Scenario, Step
from rtdebug.scenario.inbox import Inbox
from rtdebug.scenario.matchers import PatternError
from rtdebug.scenario.seeking import Seeker
from rtdebug.scenario.substitution import (
    MISSING,
    SubstitutionError,
    part_of,
    substitute,
    tokens_of,
)
from rtdebug.scenario.telling import Came, closed_words
from rtdebug.scenario.vocabulary import Vocabulary

SETTLED = 1.0
"""So long the server says nothing before an expectation may end early: what follows at once of
what is over, such as rate limits behind a response, has come by then."""


class StepFault(Exception):
    """A step cannot be done; the message says why. It never leaves the player."""

    def __init__(self, detail: str, evidence: tuple[int, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.evidence = evidence


class StepEnd(Value):
    """How a step ended. ``waited`` is how many seconds it had waited in vain; ``then`` are steps
    that now come first."""

    passed: bool
    detail: str = ""
    evidence: tuple[int, ...] = ()
    waited: float = 0.0
    then: tuple[Step, ...] = ()


class Act(Protocol):
    """A step being played: asked again after every record and whenever its deadline has come."""

    @property
    def deadline(self) -> float | None: ...

    def poll(self, at: float) -> StepEnd | None: ...


class _Watch:
    """An upper bound of a count that the next expectation ends."""

    __slots__ = ("head", "left", "seeker", "start")

    def __init__(self, head: Head, seeker: Seeker, left: int, start: int) -> None:
        self.head = head
        self.seeker = seeker
        self.left = left
        self.start = start


class Stage:
    """Everything the steps share. ``out`` are the commands of this moment, ``sent`` the numbers of
    the steps whose messages have not been seen on the wire yet, ``later`` how many sends wait for
    an event. ``may_come`` says whether a type of event still may; None where nobody knows."""

    def __init__(
        self, scenario: Scenario, words: Vocabulary, may_come: Callable[[str], bool] | None = None
    ) -> None:
        self.words = words
        self.inbox = Inbox()
        self.closed: Closed | None = None
        self.input_format: AudioFormat | None = None
        self.out: list[commands.Command] = []
        self.sent: deque[int] = deque()
        self.broken: list[tuple[Head, StepEnd]] = []
        self.later = 0
        self._may_come = may_come
        self._settled = math.inf
        self._scope = scenario.scope
        self._kept: dict[str, Any] = {}
        self._watches: list[_Watch] = []

    def crossed(self, at: float) -> None:
        """Something crossed the wire: what may still come is asked when it has been quiet."""
        self._settled = at + SETTLED if self._may_come is not None else math.inf

    @property
    def settled(self) -> float:
        """When it is worth asking whether an expectation waits in vain."""
        return self._settled

    def hopeless(self, at: float, seekers: Iterable[Seeker]) -> list[Seeker]:
        """Those that nothing can bring any more; none while that is not sure."""
        if at < self._settled or self._may_come is None:
            return []
        self._settled = math.inf
        if self.later or self.sent:
            return []
        return [one for one in seekers if one.name is not None and not self._may_come(one.name)]

    def came(self) -> Came:
        """A fresh count of what comes."""
        return Came(self.words.roles.get("error"))

    def resolve(self, value: Any, bindings: Mapping[str, Any]) -> Any:
        """``value`` with every placeholder replaced; StepFault where one has no value."""
        values = {**self._scope.values, **self._kept, **bindings}
        try:
            return substitute(value, replace(self._scope, values=values)).value
        except SubstitutionError as problem:
            raise StepFault(f"{problem.message}: {problem.hint}") from None

    def seeker(self, spec: EventSpec, bindings: Mapping[str, Any]) -> Seeker:
        """A seeker of an expected event."""
        parts = {"type": spec.type, "fields": spec.fields, "where": spec.where, "id": spec.id}
        try:
            return Seeker(spec, self.resolve(parts, bindings))
        except PatternError as problem:
            raise StepFault(f"{problem.message}: {problem.hint}") from None

    def keep(self, wanted: Expected, event: Event) -> None:
        """Capture what an expectation wants kept; StepFault for a field that is not there."""
        for name, path in wanted.capture.items():
            found = part_of(event.payload, tokens_of(path))
            if found is MISSING:
                have = ", ".join(list(event.payload)[:12])
                raise StepFault(
                    f"Matched #{event.seq} {event.type}, but it has no {path} to capture as"
                    f" '{name}'; its fields are {have}",
                    (event.seq,),
                )
            self._kept[name] = found
        if wanted.keep is not None:
            self._kept[wanted.keep] = event.payload

    def send(self, event: Any, head: Head) -> None:
        """Say something; text goes as it stands, anything else as JSON."""
        self.demand_open()
        text = event if isinstance(event, str) else _json(event)
        self.out.append(commands.Send(text))
        self.sent.append(head.index)

    def close(self, command: commands.Close) -> None:
        """End the connection."""
        self.demand_open()
        self.out.append(command)

    def check(self, event: Any) -> None:
        """StepFault for an event the pack would refuse."""
        if not isinstance(event, dict):
            raise StepFault(f"Not sent: expected an event, found {one_line(str(event), 60)}")
        faults = self.words.check_event(event)
        if faults:
            told = "; ".join(one_line(fault.message, 200) for fault in faults[:3])
            raise StepFault(f"Not sent, it would be wrong: {told}")

    def pass_over(self, number: int) -> None:
        """An expectation goes past a message; it is kept only while a bound may count it."""
        if not self._watches:
            self.inbox.take(number)

    def watch(self, head: Head, seeker: Seeker, left: int) -> None:
        """From here to what the next expectation matches, at most ``left`` more may come."""
        self._watches.append(_Watch(head, seeker, left, self.inbox.first))

    def end_watches(self, number: int) -> None:
        """The next expectation matched message ``number``, or there is none."""
        for watch in self._watches:
            more = [
                message.seq
                for at, message in self.inbox.since(watch.start)
                if at < number and watch.seeker.fits(message)
            ]
            if len(more) > watch.left:
                told = f"{len(more) - watch.left} too many of {watch.seeker.words} came"
                evidence = tuple(more[watch.left :][:10])
                self.broken.append((watch.head, StepEnd(False, told, evidence)))
        self._watches.clear()

    def demand_open(self) -> None:
        """StepFault when the connection has ended."""
        if self.closed is not None:
            raise StepFault(f"Not sent: {closed_words(self.closed)}.")


def _json(event: Any) -> str:
    try:
        text = json.dumps(event, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()
    except UnicodeEncodeError:
        # Lone surrogates, which a server's text may hold, cannot be sent but as escapes.
        return json.dumps(event, allow_nan=False, separators=(",", ":"))
    except ValueError:
        raise StepFault("Not sent: it holds a number that JSON has not") from None
    return text
