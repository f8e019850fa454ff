"""Audio that waits in the buffer for a commit that never comes."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Finding
from rtdebug.model.records import Ended, Event, Sender
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.audio.turn_taking import detects_turns
from rtdebug.rules.lasting import following
from rtdebug.rules.sent_items import items_in
from rtdebug.rules.visibility import hides, sees

_LONG_TURN = 30.0


class CommitMissing(Rule):
    """Waits for a commit after audio."""

    name = "commit-missing"
    roles = ("response.create", "audio.commit", "audio.clear", "audio.committed")
    begins = ("audio.append",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told: int | None = None
        self._asked: int | None = None
        self._standing: Finding | None = None
        self.state.audio.began.append(self._began)

    def _began(self, at: float) -> None:
        self.wake_at(at + self.patience)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The turn is ended, or an answer is asked for without ending it."""
        if role == "audio.committed" and self._standing is not None:
            self.withdraw(self._standing.key)  # somebody did, in what this record does not hold
            self._standing = None
        if role != "response.create":
            self._asked = self.state.audio.since_commit_seq  # what is in the buffer is dealt with
        elif self._waits() and self._is_all_there_is() and not any(items_in(event, role)):
            yield from self._found(event.at, event.seq)

    def _is_all_there_is(self) -> bool:
        items = self.state.conversation.items.values()
        return self.state.view.from_start and not any(item.role == "user" for item in items)

    def _waits(self) -> bool:
        audio = self.state.audio
        return (
            audio.since_commit_seq is not None
            and audio.since_commit_seq not in (self._told, self._asked)
            and detects_turns(self.state) is False
            and sees(self.state, Sender.CLIENT)
            and not hides(self.state, "audio.commit")
        )

    def advance(self, at: float) -> Iterable[Finding]:
        """Audio has waited for a while."""
        audio = self.state.audio
        if not self._waits() or audio.since_commit_at is None:
            return
        idle, long = audio.last_at + self.patience, audio.since_commit_at + _LONG_TURN
        if at >= min(idle, long) - 1e-9:
            if self.state.verbatim:
                yield from self._found(at, None)
        else:
            self.wake_at(min(idle, long))

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever watched stops."""
        if self._waits() and ended.at - self.state.audio.last_at >= min(patience, self.patience):
            yield from self._found(ended.at, None)

    def _found(self, at: float, create: int | None) -> Iterable[Finding]:
        audio = self.state.audio
        self._told = audio.since_commit_seq
        message = (
            f"audio waits in the buffer since event {audio.since_commit_seq} (the last append is "
            f"event {audio.last_seq}); turn detection is off, and the client never sent "
            f"{self.state.pack.type('audio.commit')}"
        )
        if create is not None:
            message += f" before it asked for an answer with event {create}"
        elif at > audio.last_at:
            message += f" {following(at - audio.last_at, self.state.view.clock)}"
        evidence = (audio.since_commit_seq, audio.last_seq, create, self.state.settings.updated_seq)
        self._standing = self.finding(message, at=at, evidence=evidence)
        yield self._standing
