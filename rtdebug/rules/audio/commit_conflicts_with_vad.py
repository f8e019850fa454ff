"""Two owners of the turn: the server detects turns, and the client ends them too."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Certainty, Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.audio.turn_taking import detects_turns
from rtdebug.rules.error_names import names_of
from rtdebug.rules.sent_items import items_in

_EMPTY, _CONFLICT = "commit-empty-buffer", "active-response-conflict"


class CommitConflictsWithVad(Rule):
    """Counts what the client does although the server does it."""

    name = "commit-conflicts-with-vad"
    roles = ("audio.commit", "response.create", "audio.committed", "item.create", "error")

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._acts: list[Event] = []
        self._errors: dict[str, int] = {}
        self._turn: int | None = None  # the turn the server took, until something answers it
        self._told = False

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Anything that ends, takes or answers a turn."""
        if self._told:
            return NOTHING
        if role == "error":
            for name in names_of(self.state, event):
                if name in (_EMPTY, _CONFLICT):
                    self._errors.setdefault(name, event.seq)
        elif role == "audio.committed":
            self._turn = event.seq if self.state.answered is None else None
        elif role == "item.create":
            self._turn = None  # something of the client's own is to be answered
        elif self._owns_turns() and (role == "audio.commit" or self._doubles(event, role)):
            self._acts.append(event)
        return self._judge(event)

    def _owns_turns(self) -> bool:
        state = self.state
        return bool(detects_turns(state)) and not state.settings.transcription_only

    def _doubles(self, event: Event, role: str) -> bool:
        """A response is asked for to a turn that the server answers by itself."""
        if role != "response.create" or self._turn is None:
            return False
        body = object_of(event.payload.get("response"))
        own = any(items_in(event, role)) or body.get("conversation") == "none"
        return self.state.settings.creates_response is not False and not own

    def _judge(self, event: Event) -> Iterable[Finding]:
        if len(self._errors) == 2 and detects_turns(self.state) is not False:
            self._told = True
            message = (
                "a commit found the buffer empty and a response was refused because one was "
                "active: the server's turn detection had done both already"
            )
            evidence = tuple(self._errors.values())
            yield self.finding(message, at=event.at, evidence=evidence, certainty=Certainty.MEDIUM)
        elif self._acts and (len(self._acts) >= 2 or self._errors):
            self._told = True
            names = " and ".join(dict.fromkeys(act.type for act in self._acts))
            events = ", ".join(str(act.seq) for act in self._acts)
            message = f"turn detection is on, yet the client sends {names} (events {events})"
            evidence = (*(act.seq for act in self._acts), *self._errors.values())
            yield self.finding(message, at=event.at, evidence=evidence)
