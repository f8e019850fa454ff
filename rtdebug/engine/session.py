"""The session: the one hallway every record walks through, live, relayed, mocked or replayed.

Decoding, schemas, state and rules in that order, then the findings. A deadline that has passed by
the time of a record fires before it and is stamped with itself, so that a replay finds exactly
what was found live.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson

from rtdebug.engine.conformance import Conformance
from rtdebug.engine.decoder import decode, has_twice, utf8_length
from rtdebug.engine.evidence import Evidence
from rtdebug.engine.judged import Judged
from rtdebug.engine.ledger import Ledger
from rtdebug.engine.nonconformity import Departures
from rtdebug.engine.patience import patience_at
from rtdebug.engine.peer_watch import PeerWatch
from rtdebug.engine.rule import NOTHING, NeutralRule, odd_close
from rtdebug.engine.rulebook import Entry, Rulebook
from rtdebug.engine.state import State
from rtdebug.engine.timeline import SMALL, LongAudio
from rtdebug.engine.watch import Watch
from rtdebug.engine.watches import Watches
from rtdebug.model.findings import Finding
from rtdebug.model.records import (
    LIVE,
    Closed,
    Ended,
    Event,
    Flawed,
    Found,
    Opened,
    Paused,
    Record,
    Refused,
    Remark,
    Sender,
    Undecodable,
    Unjudged,
    View,
    Violation,
)
from rtdebug.model.results import Owed, Totals
from rtdebug.packs.pack import Pack
from rtdebug.protocols import protocol_of
from rtdebug.redaction import DEFAULT, Redactor

# Looking a member up on its enum costs more than a dict; the hot path does it per event.
_SERVER, _CLIENT = Sender.SERVER, Sender.CLIENT
_loads, _dumps = orjson.loads, orjson.dumps
_make = tuple.__new__
_Ask = Callable[[NeutralRule], Iterable[Finding]]


class Session:
    """Judges one connection."""

    def __init__(
        self,
        pack: Pack,
        rules: Sequence[type[NeutralRule] | Entry],
        *,
        view: View = LIVE,
        patience: float | None = None,
        redactor: Redactor = DEFAULT,
    ) -> None:
        self.pack = pack
        self.view = view
        self.patience = pack.patience if patience is None else patience
        protocol = protocol_of(pack.grammar)
        self.state: State = protocol.new_state()(pack, view)
        self.deadline: float = math.inf
        self._ledger = Ledger(self.state)
        self.timeline = self.state.timeline
        self.evidence = Evidence(self.state, redactor)
        self._type_of = pack.type_of
        self._seq = 0
        self._at = 0.0
        self._peers = PeerWatch()
        self._departures = Departures(self._peers, pack)
        self._conformance = Conformance(pack, self.state)
        entries = [rule if isinstance(rule, Entry) else Entry.of(rule) for rule in rules]
        fitting = [entry for entry in entries if protocol.has(entry)]
        self._watches = Watches(pack, self.state)
        self._rules = Rulebook(fitting, self._made, self._watches.forget)
        self._client, self._server = self._watches.client, self._watches.server
        self._fast = self._watches.fast
        self._clients = self._observed = self._taken = self._others = 0
        self._client_bytes = self._server_bytes = 0

    # -- what callers do ---------------------------------------------------------------------

    def decode(
        self, data: str | bytes, at: float, sender: Sender, *, binary: bool = False
    ) -> Event | Undecodable:
        """Numbers and decodes one message; pass the record on to :meth:`observe`."""
        self._seq += 1
        return decode(self.pack, data, self._seq, at, sender, binary=binary)

    def receive(self, data: bytes | str, at: float, sender: Sender) -> Sequence[Finding]:
        """Decodes and observes one text message, by the shortest way there is.

        Most deltas pass without a record: valid, of an open stream, before any deadline.
        """
        seq = self._seq + 1
        taken: bool | tuple[int, int] = False
        try:
            payload = _loads(data)
            take = self._fast.get(payload[self._type_of])
            if take is not None and at < self.deadline and sender is _SERVER:
                taken = take(payload, seq, at, data)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return self.observe(self.decode(data, at, sender))
        if not taken:
            return self._received(payload, at, sender, data)
        self._seq = seq
        self._taken += 1
        self._at = at
        size = len(data)
        self._server_bytes += size
        if size < SMALL:
            self.timeline.append((seq, at, _SERVER, data))
        else:
            self._long(seq, at, payload, size, taken)
        return NOTHING

    def _long(
        self, seq: int, at: float, payload: dict[str, Any], size: int, taken: bool | tuple[int, int]
    ) -> None:
        """The row of a long delta; of audio only its lengths are kept."""
        type_ = payload[self._type_of]
        if isinstance(taken, tuple):
            self.timeline.append(_make(LongAudio, (seq, at, type_, size, *taken)))
        else:
            self.timeline.add(Event(seq, at, _SERVER, type_, payload, size))

    def _received(
        self, payload: dict[str, Any], at: float, sender: Sender, data: bytes | str
    ) -> Sequence[Finding]:
        type_ = payload[self._type_of]
        try:  # the same length when written again: no member was lost, as has_twice says
            tight = len(_dumps(payload)) == len(data)
        except (TypeError, ValueError):
            tight = False
        odd = type_.__class__ is not str or payload.__class__ is not dict
        if odd or (not tight and has_twice(data, payload)):
            return self.observe(self.decode(data, at, sender))
        self._seq += 1
        size = len(data) if data.__class__ is bytes else utf8_length(data)
        return self._event(_make(Event, (self._seq, at, sender, type_, payload, size, data, True)))

    def observe(self, record: Record) -> Sequence[Finding]:
        """Takes one record in. Returns what it brought to light."""
        if type(record) is Event:
            if record.payload.__class__ is not dict:
                self.evidence.masked(record)
            if record.type in self._fast and self._takes(record):
                return NOTHING
            return self._event(record)
        if type(record) is Found:
            again = self.evidence.repeated(record, self._ledger.standing())
            return self._ledger.report(again)
        if type(record) is Flawed:
            return [*self._reported(self._conformance.flawed(record)), *self._event(record)]
        return self._reported(self._other(record))

    def advance(self, at: float) -> Sequence[Finding]:
        """Time has come to ``at`` without a record."""
        return self._reported(self._pass(at))

    @property
    def judged_so_far(self) -> int:
        """The messages that were taken in."""
        return self._observed + self._taken

    def break_off(self) -> None:
        """Nobody looks on any more: that nothing follows means nothing."""
        if not self.state.over:
            self.observe(Ended(self._at, "interrupted"))

    def finish(self) -> Judged:
        """Nothing more will come: what was found, counted and summed up."""
        if self.view.to_end and not self.state.over:
            self.observe(Ended(self._at, "end of the record"))
        self._reported(self._all("finished", lambda rule: rule.finished()))
        self._reported(self._conformance.finished())
        ledger = self._ledger
        ledger.conclude()
        ledger.report(self._departures.summary(ledger.standing()))
        state = self.state
        state.counts[_CLIENT] = self._clients
        state.counts[_SERVER] = self.judged_so_far - self._clients
        rows = self.timeline.rows()
        dropped = self.judged_so_far + self._others - len(rows)
        state.peer = getattr(self._peers.peer(), "name", None)
        heard = (*state.audio_ms(), *state.sounds())
        totals = Totals(self._client_bytes, self._server_bytes, *heard)
        judged = Judged.of(state, rows, dropped, ledger.tree(), self.owed(), totals, self._at)
        return judged.masked(self.evidence.masker)

    @property
    def findings(self) -> list[Finding]:
        """All that was reported so far; what was withdrawn is marked so."""
        return self._ledger.all()

    def owed(self) -> tuple[Owed, ...]:
        """What one side still owes the other, the oldest first."""
        return self.state.owed(self.patience)

    @property
    def at(self) -> float:
        """The time of the latest record."""
        return self._at

    # -- one event ---------------------------------------------------------------------------

    def _event(self, event: Event) -> Sequence[Finding]:
        seq, at, sender, type_, payload, size, text, whole = event
        state = self.state
        found: list[Finding] = list(self._pass(at)) if at >= self.deadline else []
        self._at = at
        self._observed += 1
        state.latest = event
        if sender is _SERVER:
            state.latest_server = event
            self._server_bytes += size
            watch = self._server.get(type_) or self._watches.of(event, self._rules)
        else:
            state.last_client = event
            self._clients += 1
            self._client_bytes += size
            watch = self._client.get(type_) or self._watches.of(event, self._rules)
        is_clean = watch.is_clean
        try:
            clean = whole and is_clean is not None and is_clean(payload)
        except (ValueError, OverflowError, RecursionError):
            clean = False
        if not clean:
            found += self._conformance.judge(event, watch.role)
        if text is not None and size < SMALL:
            self.timeline.append((seq, at, sender, text))
        else:
            self.timeline.add(event)
        if watch.plain:
            watch.track(event)
            if clean:  # the next of its stream may go by the lane
                state.open_lane(event)
        else:
            self._turn(event, watch, found)
        if state.breaches.pending:
            found += self._breached()
        if found or state.withdrawn:
            return self._reported(found)
        return found

    def _takes(self, event: Event) -> bool:
        """Whether an event is one of the deltas that pass without leaving more than a row."""
        seq, at, sender, type_, payload, size, text, whole = event
        return whole and sender is _SERVER and self.skim(type_, payload, seq, at, size, text)

    def skim(
        self,
        type_: str,
        payload: dict[str, Any],
        seq: int,
        at: float,
        size: int,
        text: bytes | str | None = None,
    ) -> bool:
        """Takes a whole event of the server, decoded elsewhere, if it is one of the deltas that
        need no record; False where it must be observed."""
        take = self._fast.get(type_)
        if take is None or at >= self.deadline:
            return False
        try:
            taken = take(payload, seq, at)
        except (KeyError, TypeError):
            return False
        if not taken:
            return False
        self._at = at
        self._taken += 1
        self._server_bytes += size
        if size < SMALL and text is not None:
            self.timeline.append((seq, at, _SERVER, text))
        elif size < SMALL:
            self.timeline.append(_make(Event, (seq, at, _SERVER, type_, payload, size, None, True)))
        else:
            self._long(seq, at, payload, size, taken)
        return True

    def _turn(self, event: Event, watch: Watch, found: list[Finding]) -> None:
        """An event that may turn the state, with all who want to see it."""
        state = self.state
        state.request = state.answered = state.finished = None
        role = watch.role
        if event.sender is _SERVER:
            if role:
                state.note(event)
            self._peers.observe(event)
        watch.track(event)
        for observe in self._watches.observers(watch, self._rules):
            told = observe(event, role)
            if told:
                found.extend(told)
        shapes = self._conformance
        if shapes.waits:
            found.extend(shapes.settle())
            self._wake(shapes.deadline)

    def _breached(self) -> list[Finding]:
        drained, by = self.state.breaches.drain(), self._rules.explaining
        return [made for one in drained for rule in by(one.name) for made in rule.breached(one)]

    # -- everything else ---------------------------------------------------------------------

    def _other(self, record: Record) -> list[Finding]:
        at: float = record.at
        found = list(self._pass(at)) if at >= self.deadline else []
        self._at = max(at, self._at)
        self._others += not isinstance(record, Undecodable)
        self.timeline.add(record)
        state = self.state
        if isinstance(record, Opened | Refused):
            self._peers.opened(record)
        match record:
            case Opened():
                state.opened = record
                found += self._all("opened", lambda rule: rule.opened(record))
            case Refused():
                state.refused = record
                found += self._all("refused", lambda rule: rule.refused(record))
            case Undecodable():
                self._observed += 1
                if record.sender is _CLIENT:
                    self._clients += 1
                    self._client_bytes += len(record.data)
                else:
                    self._server_bytes += len(record.data)
                if not state.takes(record):
                    found += self._conformance.undecodable(record)
                    found += self._all("undecodable", lambda rule: rule.undecodable(record))
            case Ended():
                state.ended = record
                patience = patience_at(record, self.patience)
                found += self._all("ended", lambda rule: rule.ended(record, patience))
            case Closed() if state.closed is None:
                state.closed = record
                found += self._all("closed", lambda rule: rule.closed(record), odd_close(record))
            case Remark():
                found += self._all("remarked", lambda rule: rule.remarked(record))
            case Violation() | Unjudged() | Paused():
                state.gaps.note(record, max(self.judged_so_far, state.latest_seq))
                found += self._all("disturbed", lambda rule: rule.disturbed(record))
        return found

    # -- rules -------------------------------------------------------------------------------

    def _made(self, rule: type[NeutralRule]) -> NeutralRule:
        return rule(self.state, self.patience, self._wake)

    def _all(self, moment: str, ask: _Ask, *also: str) -> list[Finding]:
        return [finding for rule in self._rules.at(moment, *also) for finding in ask(rule)]

    # -- time --------------------------------------------------------------------------------

    def _wake(self, at: float) -> None:
        self.deadline = min(self.deadline, at)

    def _pass(self, at: float) -> Sequence[Finding]:
        found: list[Finding] = []
        shapes = self._conformance
        while self.deadline <= at:
            due = self.deadline
            for rule in self._rules.awake:
                if rule.deadline <= due:
                    rule.deadline = math.inf
                    found.extend(rule.advance(due))
                    if rule.deadline <= due:  # a time that has passed must not come again
                        rule.deadline = math.inf
            if shapes.deadline <= due:
                found.extend(shapes.advance(due))
            waiting = min((rule.deadline for rule in self._rules.awake), default=math.inf)
            self.deadline = min(waiting, shapes.deadline)
        return found

    # -- findings ----------------------------------------------------------------------------

    def _reported(self, found: Sequence[Finding]) -> Sequence[Finding]:
        """What is to be shown of what was found or withdrawn."""
        if not found and not self.state.withdrawn:
            return found
        standing = self.state.gaps.standing(found)
        return self._ledger.report(map(self._departures.weighed, self.evidence.standing(standing)))
