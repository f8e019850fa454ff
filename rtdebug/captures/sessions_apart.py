"""Tells the connections of a log apart by nothing but the ids in its messages.

Each greeting names a session. Messages that share an id are of one connection; what shares none with
a greeting goes to the session that it can belong to: one that has been greeted and has no response
open. What a client sent has its connection from the message that answers it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from rtdebug.captures.event_links import Links, begins_session
from rtdebug.captures.pieces import Piece
from rtdebug.model.records import Sender

# What the server says when it takes what a client sent; a client's item comes back by its id.
_ANSWERS = {
    "session.updated": "session.update",
    "response.created": "response.create",
    "conversation.item.added": "conversation.item.create",
    "conversation.item.created": "conversation.item.create",
    "input_audio_buffer.committed": "input_audio_buffer.commit",
    "input_audio_buffer.cleared": "input_audio_buffer.clear",
    "conversation.item.truncated": "conversation.item.truncate",
    "conversation.item.deleted": "conversation.item.delete",
}


class Apart(NamedTuple):
    """The ids of the sessions, and for each message the number of its session."""

    names: list[str]
    owners: list[int]


def apart_by_session(
    events: Sequence[Piece], senders: Sequence[Sender | None], links: Sequence[Links]
) -> Apart | None:
    """The messages by session; None where the log shows one, or one behind the other."""
    names = list(dict.fromkeys(
        link.named[0].partition(" ")[2] for piece, link in zip(events, links, strict=True)
        if begins_session(piece) and link.named
    ))  # fmt: skip
    if len(names) < 2:
        return None
    sorter = _Sorter(names)
    for number, (piece, sender, link) in enumerate(zip(events, senders, links, strict=True)):
        sorter.take(number, piece, sender, link)
    return Apart(names, sorter.finish(len(events))) if sorter.interleaved else None


class _Sorter:
    """Gives each message to a session."""

    def __init__(self, names: Sequence[str]) -> None:
        self._sessions = {f"session {name}": number for number, name in enumerate(names)}
        self._ids: dict[str, int] = {}
        self._greeted: list[int] = []
        self._open: dict[int, int] = {}
        self._owners: dict[int, int] = {}
        self._waiting: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        self._last = 0
        self.interleaved = False
        """Whether a message of one session came after the greeting of another."""
        self._sent: Counter[tuple[int, str]] = Counter()

    def take(self, number: int, piece: Piece, sender: Sender | None, link: Links) -> None:
        """The next message."""
        if sender is Sender.CLIENT:
            known = self._known(link)
            if known is None:
                self._waiting.setdefault(piece.type, []).append((number, link.named))
            else:
                self._own(number, known, link)
            return
        owner = self._known(link)
        if owner is not None and self._greeted and owner != self._greeted[-1]:
            self.interleaved = self.interleaved or owner in self._greeted
        if owner is None:
            owner = self._fitting(piece)
        self._own(number, owner, link)
        self._last = owner
        if begins_session(piece) and owner not in self._greeted:
            self._greeted.append(owner)
        if piece.type == "response.created":
            self._open[owner] = self._open.get(owner, 0) + 1
        elif piece.type == "response.done":
            self._open[owner] = max(0, self._open.get(owner, 0) - 1)
        self._answer(piece.type, owner, link)

    def finish(self, count: int) -> list[int]:
        """The number of the session of each message. What nobody answered goes to the session of
        the next message that has one, unless another of its kind came from there already."""
        for kind, waiting in self._waiting.items():
            for number, _ in waiting:
                fewest = min(range(len(self._sessions)), key=lambda one: self._sent[one, kind])
                self._sent[fewest, kind] += 1
                self._owners[number] = fewest
        return [self._owners[number] for number in range(count)]

    def _own(self, number: int, owner: int, link: Links) -> None:
        self._owners[number] = owner
        for name in link.named:
            self._ids.setdefault(name, owner)

    def _known(self, link: Links) -> int | None:
        for name in link.named:
            if name in self._sessions:
                return self._sessions[name]
        return next((self._ids[name] for name in link.named if name in self._ids), None)

    def _fitting(self, piece: Piece) -> int:
        """A session for a message of the server that shares no id with any."""
        free = [one for one in self._greeted or [0] if not self._open.get(one)]
        if piece.type in _ANSWERS or not self._greeted:
            return min(free or self._greeted or [0], key=lambda one: self._sent[one, piece.type])
        return self._last

    def _answer(self, kind: str, owner: int, link: Links) -> None:
        """What the client sent is of the connection on which it was answered."""
        self._sent[owner, kind] += 1
        asked = _ANSWERS.get(kind)
        waiting = self._waiting.get(asked or "")
        if not waiting:
            return
        exact = next((one for one in waiting if set(one[1]) & set(link.named)), None)
        first = exact or next((one for one in waiting if not one[1]), None)
        if first is None:
            return
        waiting.remove(first)
        self._owners[first[0]] = owner
        self._sent[owner, asked or ""] += 1
