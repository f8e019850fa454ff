"""Two owners of the turn: the server detects turns, and the client ends them too.

What it finds
    Turn detection that is on while the client commits the audio, or asks for a response to a turn
    that the server answers by itself: twice, or once with the error that follows from it. Also the
    two errors together that only this brings about.
Why it matters
    Commits of an empty buffer, refused responses, two answers to one question.
Example
    < input_audio_buffer.committed
    > input_audio_buffer.commit
    < error input_audio_buffer_commit_empty
What to do
    Choose one owner. Either leave commit and response.create out, or set ``turn_detection`` to null
    (or ``create_response`` to false) and send them yourself.
Source
    run-llama/openai_realtime_client#3; stack-chan/stack-chan#634.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of
from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event
from rtdebug.rules.audio.turn_taking import detects_turns
from rtdebug.rules.error_names import names_of
from rtdebug.rules.sent_items import items_in

_EMPTY, _CONFLICT = "commit-empty-buffer", "active-response-conflict"


class CommitConflictsWithVad(Rule):
    """Counts what the client does although the server does it."""

    name = "commit-conflicts-with-vad"
    severity = Severity.WARNING
    title = "Both the server and the client end the turns"
    causes = (
        Cause("the client was written for push-to-talk, and turn detection is on by default",
              "likely", "look for turn_detection in session.updated"),
        Cause("an SDK or framework between commits or asks by itself", "possible",
              "record between it and the server: are there events the app never sent?"),
    )  # fmt: skip
    fix = (
        "Let one side own the turn: drop the client's commit and response.create, or set "
        "turn_detection to null in session.update."
    )
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
