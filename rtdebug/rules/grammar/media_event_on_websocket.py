"""An event that belongs to WebRTC or SIP, on a plain WebSocket.

What it finds
    ``output_audio_buffer.*`` or ``input_audio_buffer.dtmf_event_received`` on a WebSocket that is
    not the control channel of a call (``?call_id=``).
Why it matters
    On a WebSocket the server keeps no playback buffer: clearing it is refused, and the audio that
    the client holds goes on playing.
Example
    > output_audio_buffer.clear
What to do
    Stop playback in the client and send ``conversation.item.truncate``.
Source
    OpenAI Realtime reference: WebRTC and SIP only; absent from the list of events that the
    WebSocket server accepts (capture of 2026).
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event, Sender


class MediaEventOnWebsocket(Rule):
    """Looks at the events of calls where the connection is none."""

    name = "media-event-on-websocket"
    severity = Severity.WARNING
    certainty = Certainty.HIGH
    title = "An event of WebRTC or SIP calls is used on a plain WebSocket"
    causes = (
        Cause("code written for WebRTC is used over a WebSocket", "likely",
              "search the client for the name of the event"),
        Cause("a compatible server sends such events everywhere", "possible",
              "see who sends it; Azure Voice Live does"),
    )  # fmt: skip
    fix = (
        "Over a WebSocket stop your own player, then send conversation.item.truncate with the "
        "milliseconds that were heard."
    )
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
