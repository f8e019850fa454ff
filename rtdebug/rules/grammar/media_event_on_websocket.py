"""An event that belongs to WebRTC or SIP, on a plain WebSocket."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Event, Sender
from rtdebug.protocols.openai_realtime.rule import Rule


class MediaEventOnWebsocket(Rule):
    """Looks at the events of calls where the connection is none."""

    name = "media-event-on-websocket"
    roles = ("output.clear", "output.started", "output.stopped", "output.cleared",
             "dtmf.received")  # fmt: skip

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told: set[str] = set()

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Such an event: is there a call that it could belong to?"""
        opened = self.state.opened
        url = (opened.url if opened is not None else None) or ""
        plain = url.startswith("ws") and "call_id=" not in url
        if not plain or role in self._told or role not in self.state.pack.media_only:
            return NOTHING
        self._told.add(role)
        by_client = event.sender is Sender.CLIENT
        where = self.quote(url, 200)
        message = f"the {event.sender} sent {event.type}, but {where} is no channel of a call"
        return (
            self.finding(
                message, at=event.at, evidence=(event.seq,), subject=event.type,
                severity=None if by_client else Severity.INFO,
            ),
        )  # fmt: skip
