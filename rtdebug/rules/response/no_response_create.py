"""Something to answer, and nobody asked for an answer."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NEVER, NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Ended, Event, Sender
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.announced import may_wait
from rtdebug.rules.giving_up import GAVE_UP, gave_up
from rtdebug.rules.lasting import following
from rtdebug.rules.visibility import hides


class NoResponseCreate(Rule):
    """Waits for a response after each thing that wants one."""

    name = "no-response-create"
    roles = (
        "item.create", "item.added", "item.created", "audio.committed", "response.create",
        "response.created", "speech.started", "error",
    )  # fmt: skip

    _item: Event | None = None
    _told: Finding | None = None

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Something to answer arms the wait, a response or a request for one disarms it."""
        if role in ("response.create", "response.created", "speech.started"):
            self._item = None
            self.deadline = NEVER
            if self._told is not None and role != "speech.started":
                self.withdraw(self._told.key)  # it was asked for after all, only late
                self._told = None
        elif role == "error":
            self._refused()
        elif self._wants_answer(event, role):
            self._item = event
            self.deadline = NEVER
            self.wake_at(event.at + self.patience)
        return NOTHING

    def _refused(self) -> None:
        """An item the server refused is nothing to answer."""
        last = self.state.requests.last.get("item.create")
        if self._item is not None and last is not None and last.seq == self._item.seq:
            if last.refused is not None:
                self._item = None
                self.deadline = NEVER

    def _wants_answer(self, event: Event, role: str) -> bool:
        settings = self.state.settings
        if self.state.responses.open or settings.transcription_only:
            return False
        if hides(self.state, "response.create"):
            return False
        if role == "audio.committed":
            return settings.vad is False
        item = event.payload.get("item")
        if not isinstance(item, dict) or item.get("type") != "message":
            return False
        echo = self.state.answered is not None or not self.state.view.from_start
        if event.sender is Sender.SERVER and echo:
            return False  # what the client itself created, and may have asked about since
        if item.get("role") != "user" or (self._item is not None and role != "item.create"):
            return False
        content = item.get("content")
        spoken = isinstance(content, list) and any("audio" in str(part) for part in content)
        return event.sender is Sender.CLIENT or (role != "item.create" and not spoken)

    def advance(self, at: float) -> Iterable[Finding]:
        """The wait is over."""
        if self._item is not None and not may_wait(self.state, self._item.seq):
            yield self._found(self._item, at)

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever waited gave up, or the record says that nothing followed."""
        item = self._item
        if (
            item is not None
            and not may_wait(self.state, item.seq)
            and ended.at - item.at >= min(patience, self.patience) - 1e-9
        ):
            if self.state.verbatim or self.state.counts[Sender.CLIENT] or self._client_logged():
                yield self._found(item, ended.at)

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The client hung up, perhaps because no answer had come for long enough."""
        item = self._item
        if item is None or may_wait(self.state, item.seq):
            return
        if self.state.verbatim and gave_up(closed, self.state):
            if closed.at - item.at >= min(GAVE_UP, self.patience) - 1e-9:
                yield self._found(item, closed.at)

    def _client_logged(self) -> bool:
        return self.state.last_client is not None

    def _found(self, item: Event, at: float) -> Finding:
        self._item = None
        create = self.state.pack.type("response.create")
        message = (
            f"event {item.seq} ({item.type}) gave the model something to answer, but the client "
            f"never sent {create}"
        )
        if at > item.at:
            message += f" {following(at - item.at, self.state.view.clock)}"
        self._told = self.finding(message, at=at, evidence=(item.seq,))
        return self._told
