"""What the client marked its request with does not come back on the response."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.requests import Request
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.family import family


class MetadataNotEchoed(Rule):
    """Holds the mark of a response against the mark that was asked for."""

    name = "metadata-not-echoed"
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
