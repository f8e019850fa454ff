"""Which connection each piece of a log belongs to.

A server that serves many calls writes them all into one log. What tells them apart is a mark that
the log keeps constant beside the messages of one call (a field, a prefix), or what stands in the
messages themselves. A mark tells connections apart only if nothing of one is found under two of its
values: an id that one value introduced, an answer without its beginning, one direction alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rtdebug.captures.apart import Apart, Parting, apart, sessions_in
from rtdebug.captures.event_links import Links, begins_session, links_of
from rtdebug.captures.pieces import Piece, What
from rtdebug.captures.reading import SenderOf
from rtdebug.captures.viewing import FIRST_EVENTS
from rtdebug.model.records import Sender
from rtdebug.safe import one_line

_ENOUGH = 0.8  # of the messages have a mark that tells connections apart
_MOST_SOCKETS = 2000
_MOST_HELD = 2000  # pieces that wait until it is known whose the first of them is
_MOST_MARKS = 64
_LONG_ID = 12  # characters: ids this long are drawn, shorter ones may be counted anew in each call
_COUNTED = re.compile(r"([\w.\-]+[_.\-])\d+$")  # an id that ends in a number counted per connection
_TELLING = ("call", "session", "conn", "socket", "ws", "stream", "room", "client", "user", "trace")
_LOOSE = ("word", "said", "event_id")
_INNER = ("response", "item", "call")
_TIED = (What.OPENED, What.CLOSED, What.REFUSED, What.ENDED)


@dataclass(slots=True)
class Socket:
    """One connection of a log: what tells it from the others ("" where there is one), and its
    pieces in order."""

    name: str
    pieces: list[Piece] = field(default_factory=list)


class _Mark(NamedTuple):
    """A name of marks, and which of several of that name in one line it is."""

    name: str
    place: int

    def shown(self, value: str) -> str:
        """How a person finds a connection by this mark."""
        value = one_line(value, 60)
        if self.name == "bracket":
            return f"[{value}]"
        return value if self.name in ("column", "word") else f"{one_line(self.name, 40)}={value}"


_SESSION = _Mark("session", 0)


def sockets_of(pieces: Sequence[Piece], sender_of: SenderOf) -> list[Socket]:
    """The connections of a log, in the order in which they begin."""
    events = [piece for piece in pieces if piece.what is What.EVENT]
    if not _shows_several(events):
        return [Socket("", list(pieces))]
    senders = [piece.context.sender or sender_of(piece.type) for piece in events]
    links = [links_of(piece) for piece in events]
    best = _best(events, senders, links)
    if best is not None:
        mark, values = best
        return _placed(pieces, mark, apart(values, events, senders, links))
    sessions = sessions_in(links)
    if len(set(sessions) - {""}) > 1:
        found = apart(sessions, events, senders, links)
        if found.interleaved:
            return _placed(pieces, _SESSION, found)
    return [Socket("", list(pieces))]


class Sorter:
    """Tells connections apart in a log that is read in pieces, by what a sample of it shows."""

    def __init__(self, sample: Sequence[Piece], sender_of: SenderOf) -> None:
        events = [piece for piece in sample if piece.what is What.EVENT]
        self._sender_of = sender_of
        self._mark: _Mark | None = None
        names: list[str] = []
        if _shows_several(events):
            senders = [piece.context.sender or sender_of(piece.type) for piece in events]
            links = [links_of(piece) for piece in events]
            self._mark, names = _told_apart_by(events, senders, links)
        self._parting = Parting(names)
        self._names = list(names)
        self._known = set(names)
        self._queue: deque[tuple[int, Piece]] = deque()
        self._number = 0
        self._last = names[0] if names else ""

    @property
    def sees_several(self) -> bool:
        """Whether the log shows several connections."""
        return self._mark is not None

    def take(self, piece: Piece) -> Iterator[tuple[str, Piece]]:
        """The next piece; what the connection of each is called of which that is known now, and
        the piece, a remark where nothing ties it to one."""
        self._number += 1
        if piece.what is What.EVENT:
            link = links_of(piece)
            name = _name(piece, link, self._mark)
            self._call(name)
            sender = piece.context.sender or self._sender_of(piece.type)
            self._parting.take(self._number, name, piece, sender, link)
        self._queue.append((self._number, piece))
        yield from self._settled(at_most=_MOST_HELD)

    def finish(self) -> Iterator[tuple[str, Piece]]:
        """Nothing more comes."""
        yield from self._settled(at_most=0)

    def _settled(self, *, at_most: int) -> Iterator[tuple[str, Piece]]:
        queue = self._queue
        while queue:
            number, piece = queue[0]
            if piece.what is What.EVENT:
                owner = self._parting.settled(number, piece, at_once=len(queue) > at_most)
                if owner is None:
                    return
                self._last = self._names[owner] if self._names else ""
            else:
                piece = self._beside(piece)
            queue.popleft()
            yield self._shown(self._last), piece

    def _beside(self, piece: Piece) -> Piece:
        """What is no message: of the connection whose mark it has, or no more than a remark."""
        mark = self._mark
        own = _marked(piece).get(mark, "") if mark is not None else ""
        if mark is not None and own and piece.what in _TIED and mark.name not in _LOOSE:
            self._call(own)
        if own not in self._known or not own:
            return untied(piece)
        self._last = own
        return piece

    def _call(self, name: str) -> None:
        if name and name not in self._known:
            self._known.add(name)
            self._names.append(name)
            self._parting.called(name)

    def _shown(self, name: str) -> str:
        return self._mark.shown(name) if self._mark is not None and name else name


def _told_apart_by(
    events: Sequence[Piece], senders: Sequence[Sender | None], links: Sequence[Links]
) -> tuple[_Mark | None, list[str]]:
    """What tells the connections of a sample apart, and what they are called; None for one."""
    best = _best(events, senders, links)
    if best is not None:
        return best[0], [name for name in dict.fromkeys(best[1]) if name]
    sessions = sessions_in(links)
    if len(set(sessions) - {""}) > 1:
        found = apart(sessions, events, senders, links)
        if found.interleaved:
            return _SESSION, found.names
    return None, []


def _name(piece: Piece, link: Links, mark: _Mark | None) -> str:
    """The name that a message itself has for its connection, "" for none."""
    return sessions_in([link])[0] if mark == _SESSION else _marked(piece).get(mark, "")  # type: ignore[arg-type]


# -- which mark ------------------------------------------------------------------------------


def _marked(piece: Piece) -> dict[_Mark, str]:
    """The marks of a piece: the log's, and the beginning of a message's own id."""
    counts: Counter[str] = Counter()
    marks = {}
    for name, value in piece.context.marks:
        marks[_Mark(name, counts[name])] = value
        counts[name] += 1
    event_id = piece.data.get("event_id")
    if isinstance(event_id, str) and (match := _COUNTED.match(event_id)):
        marks[_Mark("event_id", 0)] = match[1]
    return marks


def _best(
    events: Sequence[Piece], senders: Sequence[Sender | None], links: Sequence[Links]
) -> tuple[_Mark, list[str]] | None:
    """The mark that tells connections apart best, and its value for each message ("" = none)."""
    values: dict[_Mark, list[str]] = {}
    for number, piece in enumerate(events):
        for mark, value in _marked(piece).items():
            if mark not in values:
                if len(values) >= _MOST_MARKS:
                    continue
                values[mark] = [""] * len(events)
            values[mark][number] = value
    best: tuple[tuple[int, ...], _Mark, list[str]] | None = None
    for place, (mark, found) in enumerate(values.items()):
        parts = _Parts.of(found, events, senders, links)
        if parts is None or not parts.are_connections:
            continue
        score = (*parts.score, _is_telling(mark.name), mark.name not in _LOOSE, -place)
        if best is None or score > best[0]:
            best = (score, mark, found)
    return None if best is None else (best[1], best[2])


def _is_telling(name: str) -> bool:
    return any(word in name.lower() for word in _TELLING)


def _shows_several(events: Sequence[Piece]) -> bool:
    """Whether the messages themselves may show more than one connection: a response that began
    while another was open, several greetings, or several names of sessions."""
    greetings, active, sessions = 0, False, set()
    for piece in events:
        kind = piece.type
        if kind == "response.created":
            if active:
                return True
            active = True
        elif kind == "response.done":
            active = False
        elif "session" in kind or kind in FIRST_EVENTS:
            greetings += begins_session(piece)
            session = piece.data.get("session")
            if isinstance(session, dict) and isinstance(session.get("id"), str):
                sessions.add(session["id"])
            if greetings > 1 or len(sessions) > 1:
                return True
    return False


@dataclass(slots=True)
class _Parts:
    """The messages as one mark parts them."""

    greetings: Counter[str] = field(default_factory=Counter)
    by_server: Counter[str] = field(default_factory=Counter)
    by_client: Counter[str] = field(default_factory=Counter)
    balance: Counter[str] = field(default_factory=Counter)
    began: Mapping[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    spoke: Mapping[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(
        cls, values: Sequence[str], events: Sequence[Piece],
        senders: Sequence[Sender | None], links: Sequence[Links],
    ) -> _Parts | None:  # fmt: skip
        """The parts, None where a mark is rare, or has one value or very many."""
        known = set(values) - {""}
        if not 1 < len(known) <= _MOST_SOCKETS or len(values) < 2 * len(known):
            return None  # what changes with each message tells nothing apart
        heard = [value for value, sender in zip(values, senders, strict=True)
                 if sender is not Sender.CLIENT]  # fmt: skip
        if heard.count("") > len(heard) * (1 - _ENOUGH):
            return None
        parts = cls()
        for value, piece, sender, link in zip(values, events, senders, links, strict=True):
            if value:
                parts.add(value, piece, sender, link)
        return parts

    def add(self, value: str, piece: Piece, sender: Sender | None, link: Links) -> None:
        """One message under a value of the mark."""
        self.greetings[value] += begins_session(piece)
        side = self.by_client if sender is Sender.CLIENT else self.by_server
        side[value] += 1
        if piece.type == "response.created":
            self.balance[value] += 1
        elif piece.type == "response.done":
            self.balance[value] -= 1
        for name in link.begun:
            self.began[name].add(value)
        for name in link.named:
            self.spoke[name].add(value)

    @property
    def score(self) -> tuple[int, int]:
        """More connections that begin are better, fewer that do not."""
        greeted = sum(count > 0 for count in self.greetings.values())
        return greeted, greeted - len(self.by_server | self.by_client)

    @property
    def are_connections(self) -> bool:
        """Whether the parts are connections, each on its own."""
        if len(self.by_server) < 2:
            return False
        greeted = [value for value, count in self.greetings.items() if count]
        if sum(self.greetings.values()) > 1 and len(greeted) < 2:
            return False
        if any(count < 0 for count in self.balance.values()) and any(
            count > 0 for count in self.balance.values()
        ):
            return False
        if self.by_client and not any(value in self.by_server for value in self.by_client):
            return False
        if any(f"{kind} {value}" in self.spoke for value in self.greetings for kind in _INNER):
            return False
        return not any(map(self._is_torn, self.spoke))

    def _is_torn(self, name: str) -> bool:
        """Whether something of one connection stands under several values."""
        under, began = self.spoke[name], self.began.get(name, set())
        if len(under) < 2:
            return False
        return len(name) >= _LONG_ID or bool(under - began)


# -- putting pieces together -----------------------------------------------------------------


def _placed(pieces: Sequence[Piece], mark: _Mark, found: Apart) -> list[Socket]:
    """The pieces by connection. What is told of one that has no message makes one of its own; what
    nothing ties to one is no more than a remark, and stands where it was told."""
    sockets = {name: Socket(mark.shown(name)) for name in found.names}
    owners = iter(found.owners)
    last = found.names[0]
    for piece in pieces:
        if piece.what is What.EVENT:
            last = found.names[next(owners)]
        else:
            own = _marked(piece).get(mark, "")
            if own not in sockets and own and piece.what in _TIED and mark.name not in _LOOSE:
                sockets[own] = Socket(mark.shown(own))
            if own in sockets:
                last = own
            else:
                piece = untied(piece)  # noqa: PLW2901
        sockets[last].pieces.append(piece)
    return [socket for socket in sockets.values() if socket.pieces]


def untied(piece: Piece) -> Piece:
    """A piece of which nobody can say to which connection it belongs: no more than a remark."""
    if piece.what in (What.EVENT, What.MESSAGE, What.REMARK):
        return piece
    return Piece(What.REMARK, piece.context, text=told(piece))


def told(piece: Piece) -> str:
    """What a piece that is no message tells, in words."""
    if piece.text:
        return piece.text
    words = [str(piece.data[name]) for name in ("code", "type", "message", "reason", "url")
             if piece.data.get(name)]  # fmt: skip
    return f"{piece.what}: {' '.join(words)}"
