"""Finds out who answers, from the handshake and the first events.

Nothing is looked at before someone asks: the table of peers is not needed to judge a good session.
"""

from __future__ import annotations

from rtdebug.model.records import Event, Opened, Refused
from rtdebug.packs.peers import Peer, by_event, by_handshake

_KEPT = 60  # server events that are looked at


class PeerWatch:
    """Keeps the beginning of a session until it is asked who the server is."""

    def __init__(self) -> None:
        self._handshake: Opened | Refused | None = None
        self._events: list[Event] = []
        self._told: tuple[int, Peer | None] | None = None  # after how many events, who

    def opened(self, record: Opened | Refused) -> None:
        """The URL and the client's headers."""
        self._handshake = record
        self._told = None

    def observe(self, event: Event) -> None:
        """One event of the server that is no delta."""
        if len(self._events) < _KEPT:
            self._events.append(event)

    def peer(self) -> Peer | None:
        """Who answered, None when nothing tells. The handshake settles it; the ids of OpenAI's
        events, which Azure OpenAI shares, give way to any better sign."""
        if self._told is None or self._told[0] != len(self._events):
            self._told = len(self._events), self._look()
        return self._told[1]

    def _look(self) -> Peer | None:
        record = self._handshake
        if record is not None:
            headers = record.headers if isinstance(record, Opened) else ()
            named = by_handshake(record.url, headers)
            if named is not None:
                return named
        found: Peer | None = None
        for event in self._events:
            peer = by_event(event.type, event.payload)
            if peer is not None and peer.name != "openai":
                return peer
            found = found or peer
        return found
