"""The client reads one event for each that it sends.

What it finds
    A record in which every event of the client is followed by exactly one of the server, from the
    beginning, while the answers fall behind the requests. A weak sign, and the only one a stream
    shows of a client that does not read freely.
Why it matters
    The rest of the answer lies in the socket, unread: it looks as if the server had stopped.
Example
    > session.update
    < session.created
    > conversation.item.create
    < session.updated
    > response.create
    < conversation.item.added
What to do
    Read in a task of its own that only queues, and never call recv once per send.
Source
    community.openai.com/t/1023546; googleapis/python-genai#2935.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding
from rtdebug.model.records import Event, Sender

_PAIRS = 3
_LATE = 2


class ClientReceiveLoopBlocked(Rule):
    """Looks at the rhythm of the first events, and at what is still unanswered."""

    name = "client-receive-loop-blocked"
    certainty = Certainty.LOW
    title = "The client seems to read one event for each that it sends"
    causes = (
        Cause("recv is called once after each send", "likely",
              "look for a loop or task that only reads; send nothing for 5 s: do events come?"),
        Cause("the handler blocks (synchronous audio, a tool, time.sleep)", "possible",
              "print the time before and after each handler"),
        Cause("the server answers each request with a delay", "possible",
              "compare with the same scenario played by rtdebug run"),
    )  # fmt: skip
    fix = "Start one reader task that does nothing but queue events, before the first send."
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
