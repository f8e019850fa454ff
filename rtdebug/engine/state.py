"""State: what every session has, whatever it speaks. Rules read it and never write it.

A protocol with a grammar of its own adds to it (realtime_state.py); what a pack says of calls and
scopes is followed here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from rtdebug.engine.breaches import Breaches
from rtdebug.engine.fields import MISSING
from rtdebug.engine.gaps import Gaps
from rtdebug.engine.timeline import Timeline
from rtdebug.model.records import (
    Clock,
    Closed,
    Ended,
    Event,
    Opened,
    Refused,
    Sender,
    Undecodable,
    View,
)
from rtdebug.model.results import Owed, ResponseSummary, Sound
from rtdebug.packs.pack import Pack
from rtdebug.packs.schemas import Verdict

if TYPE_CHECKING:
    from rtdebug.engine.life import Life

Track = Callable[[Event], None]
FastTrack = Callable[..., bool | tuple[int, int]]  # payload, seq, at, and the text if at hand


ANSWER_WITHIN = 5.0  # of events that the pack names no answer for
_TYPES_KEPT = 1000


class Misshapen(NamedTuple):
    """An event of the server that has not the shape of the protocol, and where. ``lacks`` are its
    missing fields where it lacks only what most clients can do without."""

    seq: int
    type: str
    place: str
    lacks: frozenset[str] = frozenset()


def _life(pack: Pack, view: View, breaches: Breaches) -> Life | None:
    if pack.life is None:
        return None
    from rtdebug.engine.life import Life  # of packs of facts alone

    return Life(pack, pack.life, view, breaches)


def leaves_no_trace(event: Event) -> None:
    """The track of events that change nothing of the state."""


class State:
    """The session as the records so far have it.

    ``request`` is the client event just noted, ``answered`` the request the current server event
    answers, ``finished`` the response that the current event finished; each is None for any other
    event, and always where the protocol has no grammar that tells. ``verbatim``: the record is a
    machine's own, complete to the letter. ``seen`` are the types that came, but for deltas and
    appends; ``first_seqs`` has the first of each server type; ``known_types`` and
    ``unknown_types`` are those the pack knows, and the others, ``unknown`` is how many
    messages were of those. ``needs`` has, by the key of a
    finding, the roles of which a selective log must show one; ``withdrawn`` are keys of findings
    that have turned out otherwise; ``misshapen`` are the first events of the server that
    have a wrong shape. ``note`` is told of each event of the server but
    for deltas, ``open_lane`` of each that only adds to a stream.
    """

    note: Track = staticmethod(leaves_no_trace)
    open_lane: Track = staticmethod(leaves_no_trace)

    def __init__(self, pack: Pack, view: View) -> None:
        self.pack = pack
        self.view = view
        self.verbatim = view.whole and view.clock is Clock.EXACT
        self.breaches = Breaches()
        self.timeline = Timeline(pack)
        self.opened: Opened | None = None
        self.refused: Refused | None = None
        self.closed: Closed | None = None
        self.ended: Ended | None = None
        self.peer: str | None = None
        self.withdrawn: list[str] = []
        self.needs: dict[str, tuple[str, ...]] = {}
        self.misshapen: list[Misshapen] = []
        self.gaps = Gaps(pack.errors.text)
        self.request: Any = None
        self.answered: Any = None
        self.finished: Any = None
        self.latest: Event | None = None
        self.latest_server: Event | None = None
        self.last_client: Event | None = None
        self.counts: dict[Sender, int] = dict.fromkeys(Sender, 0)
        self.seen: set[str] = set()
        self.first_seqs: dict[str, int] = {}
        self.known_types: set[tuple[Sender, str]] = set()
        self.unknown_types: set[tuple[Sender, str]] = set()
        self.unknown = 0
        self._refused: int | None = None
        self.life = _life(pack, view, self.breaches)

    def setting(self, name: str) -> Any:
        """A setting in force, MISSING where the protocol has none of that name or it was not
        said."""
        return MISSING

    @property
    def latest_seq(self) -> int:
        """The number of the latest event that had a record."""
        return self.latest.seq if self.latest is not None else 0

    @property
    def last(self) -> Event | None:
        """The latest event."""
        # Deltas that passed without a record are looked up only when someone asks.
        passed = self.timeline.passed(self.latest_seq)
        if passed is not None:
            self.latest = self.latest_server = passed
        return self.latest

    @property
    def last_server(self) -> Event | None:
        """The latest event of the server."""
        known = self.latest_server.seq if self.latest_server is not None else 0
        passed = self.timeline.passed(known, by_server=True)
        self.latest_server = passed or self.latest_server
        return self.latest_server

    @property
    def over(self) -> bool:
        """Whether the record says how it ended."""
        return not (self.ended is None and self.closed is None and self.refused is None)

    def met(self, sender: Sender, type_: str, *, known: bool) -> None:
        """Notes that messages of that type came; a peer may invent types without end."""
        types = self.known_types if known else self.unknown_types
        if len(types) < _TYPES_KEPT:
            types.add((sender, type_))

    @property
    def mostly_unknown(self) -> bool:
        """Whether more than half of the types of messages are unknown: it is another protocol."""
        return len(self.unknown_types) > len(self.known_types)

    @property
    def begun(self) -> int | None:
        """The event with which the session itself began; None while there is only a socket."""
        return self.life.begun if self.life is not None else None

    @property
    def signed_out(self) -> bool:
        """Whether the server accepted the upgrade only to refuse the session: an error or a close
        of its own before any session began."""
        if self.begun is not None or self.closed is None or not self.view.from_start:
            return False
        by_server = self.closed.sender is not Sender.CLIENT
        refused = self.pack.type("error") in self.seen or self.closed.code >= 3000
        return self.pack.opens is not None and by_server and refused and self.opened is not None

    @property
    def audio_sent(self) -> int:
        """How many pieces of audio the client sent."""
        return self.life.sent_audio if self.life is not None else 0

    def audio_ms(self) -> tuple[int | None, int | None]:
        """Milliseconds of audio in all, of the client and of the server, where they are known."""
        return None, None

    def sounds(self) -> tuple[Sound | None, Sound | None]:
        """What the audio of the client and of the server sounds like, where one can listen."""
        return None, None

    @property
    def answering(self) -> bool:
        """Whether the server has begun an answer that is not over."""
        return any(one.owed_by is Sender.SERVER for one in self.owed(self.pack.patience))

    def owed(self, patience: float) -> tuple[Owed, ...]:
        """What one side still owes the other, the oldest first; ``patience`` is the silence in
        seconds that counts where the pack names none."""
        return self.life.owed() if self.life is not None else ()

    def may_come(self, type_: str) -> bool:
        """Whether an event of the server of that type may still come."""
        return True

    def stalled(self, since: float) -> str | None:
        """The id of a response that is open and of which nothing came since then, if one has."""
        return None

    def refused_now(self) -> int | None:
        """The event of the client that an error has just been found to answer, told once."""
        refused, self._refused = self._refused, None
        return refused

    def answer_within(self, event: Event, role: str) -> float | None:
        """How long the server may leave an event unanswered; None where nothing says."""
        if self.life is not None:
            return self.life.within(event)
        answer = self.pack.answers.get(role)
        return answer.within if answer is not None else ANSWER_WITHIN

    def took(self, seq: int) -> bool:
        """Whether the server is known to have taken what the client sent with that event."""
        return False

    @property
    def response_count(self) -> int:
        """How many responses there were, remembered or not."""
        return 0

    def summaries(self) -> tuple[ResponseSummary, ...]:
        """What came of each response that is remembered, in order."""
        return ()

    def takes(self, message: Undecodable) -> bool:
        """Whether a message that is no JSON is what the pack says that binary messages are."""
        binary = isinstance(message.data, bytes) and message.sender in self.pack.binary_facts
        if binary and self.life is not None:
            self.life.binary(message)
        return binary

    def track_of(self, sender: Sender, role: str | None) -> Track | None:
        """What follows events of a role; None for those that leave no trace."""
        return self._follow if self.life is not None else None

    def _follow(self, event: Event) -> None:
        assert self.life is not None
        before = self.life.refused
        self.life.take(event)
        self.answered = self.life.answered()
        if self.life.refused and self.life.refused is not before:
            self._refused = self.life.refused[-1].event.seq

    def fast_track_of(self, role: str | None, is_clean: Verdict) -> FastTrack | None:
        """What takes a valid delta of an open stream without a record, for roles that have it; it
        says False for any other, or raises KeyError where a field is missing."""
        return None
