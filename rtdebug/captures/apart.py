"""Gives each message of a log that shows several connections to one of them.

Some messages say whose they are: by a mark of the log, by the id of a session. Messages that share
an id are of one connection; what shares none goes to a connection that it can belong to: one that
has begun and has no response open. What a client sent has its connection from what answers it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from rtdebug.captures.event_links import Links
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


_ASKED = frozenset(_ANSWERS.values())
_MOST_IDS = 100_000
_MOST_BEGUN = 1000


class Apart(NamedTuple):
    """What each connection is called, and for each message the number of its connection.
    ``interleaved``: a message of one came after the beginning of another."""

    names: list[str]
    owners: list[int]
    interleaved: bool


def sessions_in(links: Sequence[Links]) -> list[str]:
    """The id of the session that each message names, "" where it names none."""
    return [
        next((name.partition(" ")[2] for name in link.named if name.startswith("session ")), "")
        for link in links
    ]


def apart(
    given: Sequence[str], events: Sequence[Piece], senders: Sequence[Sender | None],
    links: Sequence[Links],
) -> Apart:  # fmt: skip
    """The messages by connection, where some are ``given`` the name of theirs ("" = it is to be
    found)."""
    names = [name for name in dict.fromkeys(given) if name]
    sorter = Parting(names)
    for number, (name, piece, sender, link) in enumerate(
        zip(given, events, senders, links, strict=True)
    ):
        sorter.take(number, name, piece, sender, link)
    return Apart(names, sorter.finish(len(events)), sorter.interleaved)


class Parting:
    """Gives each message to a connection; ``names`` are those of the connections so far."""

    def __init__(self, names: Sequence[str]) -> None:
        self._numbers = {name: number for number, name in enumerate(names)}
        self._ids: dict[str, int] = {}
        self._begun: list[int] = []
        self._open: Counter[int] = Counter()
        self._owners: dict[int, int] = {}
        self._waiting: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        self._sent: Counter[tuple[int, str]] = Counter()
        self._last = 0
        self.interleaved = False

    def take(
        self, number: int, name: str, piece: Piece, sender: Sender | None, link: Links
    ) -> None:
        """The next message."""
        owner = self._numbers.setdefault(name, len(self._numbers)) if name else self._known(link)
        if sender is Sender.CLIENT:
            if owner is None:
                self._waiting.setdefault(piece.type, []).append((number, link.named))
            else:
                self._own(number, owner, piece, link)
            return
        if owner is not None and self._begun and owner != self._begun[-1]:
            self.interleaved = self.interleaved or owner in self._begun
        if owner is None:
            owner = self._fitting(piece)
        if owner not in self._begun:
            self._begun = [*self._begun[1 - _MOST_BEGUN :], owner]
        self._own(number, owner, piece, link)
        self._last = owner
        self._open[owner] += (piece.type == "response.created") - (piece.type == "response.done")
        self._answer(piece.type, owner, link)

    def called(self, name: str) -> None:
        """Another connection has that name."""
        self._numbers.setdefault(name, len(self._numbers))

    def finish(self, count: int) -> list[int]:
        """The number of the connection of each message. What nobody answered goes where least of
        its kind was sent."""
        for kind, waiting in self._waiting.items():
            for number, _ in waiting:
                self._owners[number] = self._fewest(kind)
        return [self._owners[number] for number in range(count)]

    def settled(self, number: int, piece: Piece, *, at_once: bool) -> int | None:
        """The number of the connection of a message that was taken, forgotten then; None while
        it may still be answered, unless one is wanted ``at_once``."""
        if number in self._owners:
            return self._owners.pop(number)
        if not at_once and piece.type in _ASKED:
            return None
        waiting = self._waiting[piece.type]
        waiting[:] = [one for one in waiting if one[0] != number]
        return self._fewest(piece.type)

    def _fewest(self, kind: str) -> int:
        begun = self._begun or list(self._numbers.values()) or [0]
        fewest = min(begun, key=lambda one: self._sent[one, kind])
        self._sent[fewest, kind] += 1
        return fewest

    def _own(self, number: int, owner: int, piece: Piece, link: Links) -> None:
        self._owners[number] = owner
        self._sent[owner, piece.type] += 1
        for name in link.named:
            self._ids.setdefault(name, owner)
        while len(self._ids) > _MOST_IDS:
            del self._ids[next(iter(self._ids))]

    def _known(self, link: Links) -> int | None:
        return next((self._ids[name] for name in link.named if name in self._ids), None)

    def _fitting(self, piece: Piece) -> int:
        """A connection for a message of the server that shares no id with any: the one that has
        begun, has nothing open and was answered least; for what answers nothing, the last."""
        free = [one for one in self._begun if self._open[one] <= 0]
        if piece.type in _ANSWERS and self._begun:
            return min(free or self._begun, key=lambda one: self._sent[one, piece.type])
        return self._last

    def _answer(self, kind: str, owner: int, link: Links) -> None:
        """What the client sent is of the connection on which it was answered."""
        asked = _ANSWERS.get(kind, "")
        waiting = self._waiting.get(asked)
        if not waiting:
            return
        exact = next((one for one in waiting if set(one[1]) & set(link.named)), None)
        first = exact or next((one for one in waiting if not one[1]), None)
        if first is not None:
            waiting.remove(first)
            self._owners[first[0]] = owner
            self._sent[owner, asked] += 1
