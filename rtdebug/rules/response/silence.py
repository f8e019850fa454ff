"""Base of the rules about a response that stops: one clock, three names for where it stopped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from itertools import takewhile
from typing import ClassVar

from rtdebug.engine.due import Due
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.records import Clock, Closed, Ended, Event, Remark
from rtdebug.model.value import replace
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.giving_up import GAVE_UP, gave_up
from rtdebug.rules.lasting import lasted
from rtdebug.rules.visibility import hides

# What would end a silence; without them in the log there seems to be one.
_ENDS = ("output_item.added", "response.done")
DELTAS = ("text.delta", "audio.delta", "transcript.delta", "arguments.delta")


class HowFar(Enum):
    """How far a response had come when it went silent."""

    CREATED = "created"
    STREAMING = "streaming"
    ALL_BUT_DONE = "all but done"


def stage_of(response: Response) -> HowFar:
    """How far a response that is not done has come."""
    if not response.items:
        return HowFar.CREATED
    if all(item.done_seq is not None for item in response.items):
        return HowFar.ALL_BUT_DONE
    return HowFar.STREAMING


_SILENCE = r"(?i)\b(?:nothing|silen(?:ce|t)|no (?:response|answer|reply)|hangs?|stuck)\b"


class SilentResponse(Rule):
    """Watches open responses; reports those that fell silent at ``stage``."""

    stage: ClassVar[HowFar]
    roles = ("response.created", "response.done")

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told: dict[str, Finding] = {}
        self._said = False
        self._due = Due(self._due_at)
        self._watched = 0  # the sequence number of the latest response that is in there

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """What somebody wrote behind the beginning of a response."""
        if self.state.responses.open and not self._said:
            self._said = re.search(_SILENCE, remark.text[:200]) is not None
        return NOTHING

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response opened, or one that was given up came to its end after all."""
        if role == "response.created":
            self._said = False
            self.wake_at(event.at + self.patience)
            return NOTHING
        if not self._told:
            return NOTHING
        response = self.state.finished
        told = self._told.get(response.id) if response is not None else None
        if response is None or told is None:
            return NOTHING
        self.withdraw(told.key)
        return (self._resumed(response, told),)

    def _resumed(self, response: Response, told: Finding) -> Finding:
        """What is left of a silence that ended: a long wait."""
        late = replace(
            told,
            severity=Severity.WARNING,
            title=f"{told.title} for a long time",
            message=f"{told.message}. It went on and ended {response.status}",
        )
        return self.resting_on(late, *DELTAS)

    def advance(self, at: float) -> Iterable[Finding]:
        """Time to look whether anything moved."""
        self._watch_new()
        for response in self._due.passed(at):
            if response.id not in self._told and self._concerns(response):
                yield self._tell(response, at)
            else:  # it may go on, and stop again at another stage: looked at ever more rarely
                self._due.add(at + max(self.patience, at - response.last_at), response)
        self.wake_at(self._due.next)

    def _watch_new(self) -> None:
        """Those that opened since the last look: most have ended before anyone looks."""
        before, opened = self._watched, reversed(self.state.responses.open.values())
        for response in reversed([*takewhile(lambda one: one.seq > before, opened)]):
            self._watched = response.seq
            if response.seen_created:
                self._due.add(response.at + self.patience, response)

    def _due_at(self, response: Response) -> float | None:
        if response.id not in self.state.responses.open or response.id in self._told:
            return None
        return response.last_at + self.patience

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever waited gave up, or the record says that nothing followed."""
        yield from self._silent(ended.at, min(patience, self.patience))

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The client hung up, perhaps because nothing had come for long enough."""
        if gave_up(closed, self.state):
            for finding in self._silent(closed.at, min(GAVE_UP, self.patience)):
                yield self._less_sure(finding)

    def _less_sure(self, finding: Finding) -> Finding:
        """Nobody waited to the end: the answer may have been on its way."""
        message = f"{finding.message}. Then the client hung up"
        less = max(finding.certainty, Certainty.MEDIUM, key=lambda one: one.rank)
        return replace(finding, message=message, certainty=less)

    def _silent(self, at: float, patience: float) -> Iterable[Finding]:
        for response in list(self.state.responses.open.values()):
            silent = at - response.last_at >= patience - 1e-9
            if silent and response.id not in self._told and self._concerns(response):
                yield self._tell(response, at)

    def _tell(self, response: Response, at: float) -> Finding:
        self._told[response.id] = found = self._weighed(response, at)
        return found

    def _weighed(self, response: Response, at: float) -> Finding:
        """A list of names without times shows silence only by the word of its author."""
        found = self.stalled(response, at)
        if response.created_whole or self.state.view.clock is not Clock.NONE:
            return found
        less = max(found.certainty, Certainty.MEDIUM, key=lambda one: one.rank)
        return replace(found, certainty=less)

    def _concerns(self, response: Response) -> bool:
        busy = any(item.type == "mcp_call" and item.done_seq is None for item in response.items)
        if busy or any(hides(self.state, role) for role in _ENDS):
            return False
        if not self._can_tell(response):
            return False
        return stage_of(response) is self.stage

    def _can_tell(self, response: Response) -> bool:
        """A log put together by hand shows silence only where nothing of any response follows."""
        if self.state.verbatim:
            return True
        if not response.created_whole:
            return self._nothing_else_came(response)
        following = [one for one in self.state.responses.done if one.seq > response.seq]
        return response.seen_created and not following

    def _nothing_else_came(self, response: Response) -> bool:
        """Of a response without an id other events cannot be told, so there must be none: nothing
        of the server but its limits, in a log with times or one whose words say that it ends in
        silence."""
        last = self.state.last_server
        if last is None or (self.state.view.clock is Clock.NONE and not self._said):
            return False
        limits = self.state.pack.type("rate_limits")
        return last.seq == response.last_seq or last.type == limits

    def silence(self, response: Response, at: float) -> str:
        """How long nothing came, in words, as far as the record can tell."""
        if self.state.view.clock is Clock.NONE:
            return "nothing of it follows in the log"
        if self.state.view.clock is Clock.SECONDS and at - response.last_at < self.patience:
            return "nothing of it has come until the end of the log"  # by whose words it is silence
        return (
            f"nothing of it has come for {lasted(at - response.last_at, self.state.view.clock, 1)}"
        )

    def stalled(self, response: Response, at: float) -> Finding:
        """The finding for one response."""
        raise NotImplementedError
