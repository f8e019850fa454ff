"""The client reads one event for each that it sends."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Sender
from rtdebug.protocols.openai_realtime.rule import Rule

_PAIRS = 3
_LATE = 2


class ClientReceiveLoopBlocked(Rule):
    """Looks at the rhythm of the first events, and at what is still unanswered."""

    name = "client-receive-loop-blocked"
    roles = ("session.update", "item.create", "response.create", "audio.commit", "session.created",
             "session.updated", "item.added", "item.created", "item.done", "response.created",
             "output_item.added", "response.done", "error")  # fmt: skip

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._rhythm: list[Sender] = []
        self._late = 0
        self._last: Event | None = None
        self._broken = False

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Any event but the plain ones."""
        if self._broken:
            return NOTHING
        if len(self._rhythm) < 50:
            self._rhythm.append(event.sender)
            self._broken = not self._alternates()
        answered, last = self.state.answered, self._last
        if event.sender is Sender.SERVER and last is not None and last.sender is Sender.CLIENT:
            # What is read after a request answers an older one, or nothing that was asked.
            self._late += answered is None or answered.seq < last.seq
        self._last = event
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """The rhythm is known, and what was never answered."""
        state = self.state
        if not state.view.from_start or state.audio.appends or self._last is None:
            return
        if self._broken or len(self._exchanges()) < 2 * _PAIRS:
            return
        behind = [one for queue in state.requests.pending.values() for one in queue if one.pending]
        if not behind or self._late < _LATE:
            return
        message = (
            f"each of the {len(self._rhythm) // 2} events of the client is followed by exactly one "
            f"of the server, {self._late} of which answer something older, and {len(behind)} "
            f"request{'s are' if len(behind) > 1 else ' is'} still unanswered at the end"
        )
        evidence = (*(one.seq for one in behind[:4]), self._last.seq)
        yield self.finding(message, at=self._last.at, evidence=evidence)

    def _exchanges(self) -> list[Sender]:
        """The rhythm without a greeting of the server."""
        return self._rhythm[1:] if self._rhythm[0] is Sender.SERVER else self._rhythm

    def _alternates(self) -> bool:
        """Client, server, client, server, with nothing between."""
        rhythm = self._exchanges()
        wanted = [Sender.CLIENT, Sender.SERVER] * (len(rhythm) // 2)
        return rhythm[: len(wanted)] == wanted
