"""What the client marked its request with does not come back on the response.

What it finds
    ``response.create`` with metadata, and a ``response.created`` without it. A note; a warning for
    a client that is known to find its own responses by it.
Why it matters
    Several responses may run at a time, and LiveKit Agents and others tell theirs by this mark:
    they wait for a response that they have.
Example
    > response.create metadata {"client_event_id": "a"}
    < response.created metadata null
What to do
    Report it to the server's makers; until then let the client take the next response for its own.
Source
    OpenAI Realtime reference (response.metadata); livekit-plugins-openai 1.8.9 (generate_reply
    timed out), recordings against compatible servers.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.requests import Request
from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event
from rtdebug.rules.family import family


class MetadataNotEchoed(Rule):
    """Holds the mark of a response against the mark that was asked for."""

    name = "metadata-not-echoed"
    severity = Severity.INFO
    certainty = Certainty.CERTAIN
    title = "response.metadata does not come back"
    causes = (
        Cause("a compatible server or a gateway drops it", "likely",
              "send the same response.create to the provider itself: it comes back"),
    )  # fmt: skip
    fix = (
        "Report it to the server's makers. Until then let the client take the next response for "
        "its own, or use a client that does not need the mark."
    )
    roles = ("response.created",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response began."""
        request = self.state.answered
        latest = self.state.responses.latest
        if request is None or latest is None or not latest.unmarked:
            return NOTHING
        if self.state.audio.speech_starts:
            return NOTHING  # the server may have begun this one by itself
        return (self._found(request, event),)

    def _found(self, request: Request, event: Event) -> Finding:
        client = family(self.state)
        waits = client is not None and client.waits("response.create", "metadata")
        message = (
            f"{request.type} (event {request.seq}) has metadata, and {event.type} (event "
            f"{event.seq}) does not bring it back"
        )
        if client is not None and waits:
            message += f"; {client.title} knows its own responses by it and waits"
        return self.finding(
            message, at=event.at, evidence=(request.seq, event.seq),
            severity=Severity.WARNING if waits else None,
        )  # fmt: skip
