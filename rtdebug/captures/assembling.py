"""Turns pieces into records: numbered, timed, and each with its sender."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rtdebug.captures.ids import credible, second_of
from rtdebug.captures.jsonl import dumps
from rtdebug.captures.names import named_sender
from rtdebug.captures.pieces import Piece, What
from rtdebug.captures.reading import SenderOf
from rtdebug.captures.stamps import Stamp, StampClock
from rtdebug.model.records import (
    Clock,
    Closed,
    Ended,
    Event,
    Opened,
    Record,
    Refused,
    Remark,
    Sender,
    Step,
    Undecodable,
)

_ENOUGH_STAMPS = 0.5
# Clients ask and servers report: their types end in an imperative and in a participle or a noun.
_ASKS = re.compile(
    r"\.(?:\w+_)?(?:append|update|commit|clear|create|cancel|delete|truncate|retrieve|finish|submit)$"
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a log is to be understood, told from a sample of it.

    ``swapped``: its "sent" and "received" are the server's. ``by_type``: its labels are guesses
    (prose), so a type that only one side sends decides. ``by_ids``: it has no times of its own,
    but the server's ids tell the second.
    """

    swapped: bool = False
    by_type: bool = False
    by_ids: bool = False
    clock: Clock = Clock.NONE


def manner_of(sample: Sequence[Piece], sender_of: SenderOf, *, by_type: bool = False) -> Manner:
    """The manner of a log whose first pieces are ``sample``."""
    events = [piece for piece in sample if piece.what is What.EVENT]
    timed = events or [piece for piece in sample if piece.what is not What.REMARK]
    stamps = [piece.context.stamp for piece in timed if piece.context.stamp]
    seconds = [second for piece in events if (second := second_of(piece.data.get("event_id")))]
    clock, by_ids = Clock.NONE, False
    if stamps and len(stamps) >= len(timed) * _ENOUGH_STAMPS:
        clock = Clock.EXACT if any(stamp.fine for stamp in stamps) else Clock.SECONDS
    elif credible(seconds):
        clock, by_ids = Clock.SECONDS, True
    return Manner(_swapped(events, sender_of), by_type, by_ids, clock)


def _swapped(events: Sequence[Piece], sender_of: SenderOf) -> bool:
    votes = 0
    for piece in events:
        context = piece.context
        known = known_sender(piece.type, sender_of)
        if context.sender is not None and not context.outright and known is not None:
            votes += 1 if known is context.sender else -1
    return votes < 0


def known_sender(kind: str, sender_of: SenderOf) -> Sender | None:
    """Whose messages a type names, by the packs or by the key it is."""
    return sender_of(kind) or named_sender(kind)


@dataclass(slots=True)
class Assembler:
    """Takes pieces in order and makes records of them, numbering messages from 1."""

    sender_of: SenderOf
    manner: Manner
    seq: int = 0
    line: StampClock = field(default_factory=StampClock)
    bare: set[int] = field(default_factory=set)
    unattributed: int = 0

    def records(self, piece: Piece) -> Iterator[Record]:
        """The records of one piece."""
        at = self._at(piece)
        match piece.what:
            case What.EVENT | What.BARE_ERROR:
                for _ in range(piece.count):
                    yield self._event(piece, at)
            case What.MESSAGE:
                self.seq += 1
                sender = self._sender(piece)
                data = piece.raw if piece.raw is not None else piece.text or ""
                yield Undecodable(self.seq, at, sender, data, "not JSON, in the log that shows it")
            case _:
                yield self._milestone(piece, at)

    def _event(self, piece: Piece, at: float) -> Event:
        self.seq += 1
        if piece.what is What.BARE_ERROR:
            self.bare.add(self.seq)
            payload = {"type": piece.type, "error": piece.data}
            return Event(self.seq, at, Sender.SERVER, piece.type, payload, whole=False)
        payload, text, size = piece.data, piece.text, 0
        if piece.whole:
            size = len(text.encode("utf-8", "surrogatepass") if text else dumps(payload))
        return Event(
            self.seq, at, self._sender(piece), piece.type, payload, size,
            text if piece.whole else None, piece.whole,
        )  # fmt: skip

    def _sender(self, piece: Piece) -> Sender:
        context = piece.context
        label = context.sender
        if label is not None and self.manner.swapped and not context.outright:
            label = Sender.SERVER if label is Sender.CLIENT else Sender.CLIENT
        known = known_sender(piece.type, self.sender_of) if piece.type else None
        first, second = (known, label) if self.manner.by_type else (label, known)
        found = first or second
        if found is None and _ASKS.search(piece.type):
            return Sender.CLIENT
        if found is None:
            self.unattributed += 1
        return found or Sender.SERVER

    def _at(self, piece: Piece) -> float:
        if self.manner.by_ids:
            second = second_of(piece.data.get("event_id"))
            return self.line.take(Stamp(float(second), True, False) if second else None)
        if self.manner.clock is Clock.NONE:
            return 0.0
        return self.line.take(piece.context.stamp)

    def _milestone(self, piece: Piece, at: float) -> Record:
        data = piece.data
        text = piece.text or ""
        match piece.what:
            case What.OPENED:
                headers = data.get("headers", ())
                transport = data.get("transport", "")
                return Opened(
                    at, data.get("url"), data.get("subprotocol"), headers, transport=transport
                )
            case What.REFUSED:
                step: Step = data["step"]
                return Refused(
                    at, step, text, data.get("url"), data.get("status"),
                    data.get("headers", ()), data.get("body", ""), "", data.get("transport", ""),
                )  # fmt: skip
            case What.CLOSED:
                transport = data.get("transport", "")
                return Closed(at, data["code"], data["reason"], data["sender"], transport)
            case What.ENDED:
                return Ended(at, text)
            case _:
                return Remark(at, text, piece.context.line)

    @property
    def started(self) -> str | None:
        """The wall clock at 0, where the log tells it."""
        return self.line.started


def by_the_next_id(records: Iterable[Record]) -> list[Record]:
    """Records of a log without times of its own, whose server events carry their second.

    What the ids do not time (what the client sent, the app's lines) is put at the next second
    that is known, so that no answer looks late that may have come at once.
    """
    timed = list(records)
    upcoming: float | None = None
    for index in range(len(timed) - 1, -1, -1):
        record = timed[index]
        if isinstance(record, Event) and second_of(record.payload.get("event_id")) is not None:
            upcoming = record.at
        elif upcoming is not None and record.at < upcoming:
            timed[index] = (
                record._replace(at=upcoming)
                if isinstance(record, Event)
                else replace(record, at=upcoming)
            )
    return timed
