"""The text of what the user said never comes."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Clock, Ended, Event
from rtdebug.rules.visibility import sees, sender_of
from rtdebug.rules.waiting import Awaited, WaitingRule

_QUICK = 3.0  # an ordinary transcript is there within a second and a half


class TranscriptionStalled(WaitingRule):
    """Waits for the text of every committed item."""

    name = "transcription-stalled"
    awaited = "transcription.completed"
    roles = ("audio.committed", "transcription.completed", "transcription.failed")

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A turn was taken, or its text came."""
        id_ = text_of(event.payload.get("item_id"))
        if id_ is None:
            return NOTHING
        if role != "audio.committed":
            self.over(id_)
        elif self.state.settings.transcribes is not False and not self._has_text(id_):
            self.wait(id_, event)
        return NOTHING

    def _has_text(self, item_id: str) -> bool:
        item = self.state.conversation.items.get(item_id)
        return item is not None and item.transcript_seq is not None

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever watched stops; someone who waited for something else may have been too quick."""
        timed = self.state.view.clock is not Clock.NONE
        if sees(self.state, sender_of(self.state, self.awaited)):
            yield from self._due(ended.at, max(min(patience, self.within), _QUICK) if timed else 0)

    def since(self, wait: Awaited) -> float:
        """The last piece of the text, where some came."""
        stream = self.state.transcript(wait.key)
        return wait.at if stream is None else max(wait.at, stream.last_at)

    def holds(self, wait: Awaited) -> bool:
        """Whether it still has no text, although it is known that it should get one."""
        known = self.state.settings.transcribes or self.state.transcript(wait.key) is not None
        return known and not self._has_text(wait.key)

    def overdue(self, wait: Awaited, at: float) -> Iterable[Finding]:
        """It never came."""
        stream = self.state.transcript(wait.key)
        message = f"{wait.key} was committed with event {wait.evidence[-1]}, "
        message += (
            f"{stream.deltas} pieces of its text came up to event {stream.last_seq}, "
            if stream is not None
            else "transcription is on, "
        )
        message += (
            f"and neither {self.state.pack.type('transcription.completed')} nor its failed came "
            f"{self.waited(wait, at)}"
        )
        evidence = (*wait.evidence, stream.last_seq if stream is not None else None)
        yield self.finding(message, at=at, evidence=evidence, subject=wait.key)
