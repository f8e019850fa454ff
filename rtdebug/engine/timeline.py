"""The timeline: the first and the last rows of what crossed the wire, bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import chain
from typing import Any, NamedTuple

from rtdebug.engine.decoder import decode
from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Found,
    Opened,
    Paused,
    Record,
    Refused,
    Remark,
    Sender,
    Undecodable,
    Unjudged,
    Violation,
)
from rtdebug.model.results import TimelineRow
from rtdebug.packs.pack import Pack
from rtdebug.packs.summaries import close_words, summarise
from rtdebug.secrets.masker import Masker

KEPT = 1000
SMALL = 4096


class LongAudio(NamedTuple):
    """A long delta of audio of which only the lengths were kept: of the message, of its base64."""

    seq: int
    at: float
    type: str
    size: int
    length: int
    padding: int

    def payload(self) -> dict[str, Any]:
        """A stand-in of the same length."""
        return {"delta": "A" * (self.length - self.padding) + "=" * self.padding}


Kept = Event | TimelineRow | tuple[int, float, Sender, bytes | str] | LongAudio


class Timeline:
    """Keeps small events as they are and makes rows of them only when asked.

    ``append`` takes a row, an event, or a message not yet looked at: (seq, at, sender, text).
    """

    def __init__(self, pack: Pack, kept: int = KEPT) -> None:
        self._pack = pack
        self._first: list[Kept] = []
        self._last: deque[Kept] = deque(maxlen=kept)
        self._kept = kept
        self.masker = Masker()
        self.append: Callable[[Kept], None] = self._fill

    def keep(self, most: int) -> None:
        """So many first and so many last rows, before there are any."""
        self._kept = most
        self._last = deque(maxlen=most)

    def _fill(self, kept: Kept) -> None:
        self._first.append(kept)
        if len(self._first) >= self._kept:
            self.append = self._last.append

    def add(self, record: Record) -> None:
        """One record, in order."""
        if type(record) is Event and record.size < SMALL:
            text = record.text
            self.append(record if text is None else (record.seq, record.at, record.sender, text))
        else:
            self.append(self._masked_row(record))

    def rows(self) -> tuple[TimelineRow, ...]:
        """All kept rows, in order, without secrets."""
        first = [self._shown(one) for one in self._first]
        if len(self._last) == self._kept:
            self.masker.torn()
        return (*first, *map(self._shown, self._last))

    def passed(self, after: int, *, by_server: bool = False) -> Event | None:
        """The latest event, of the server if so asked, where it is younger than ``after``: it had
        no record of its own. Of a large one only what its row says is left.
        """
        for kept in chain(reversed(self._last), reversed(self._first)):
            seq = kept.seq if isinstance(kept, TimelineRow) else kept[0]
            if seq is None or (by_server and _sender(kept) is not Sender.SERVER):
                continue
            if seq <= after:
                return None
            if isinstance(kept, Event):
                return kept
            if isinstance(kept, LongAudio):
                return Event(seq, kept.at, Sender.SERVER, kept.type, {}, kept.size, None, False)
            if not isinstance(kept, TimelineRow):
                record = decode(self._pack, kept[3], seq, kept[1], kept[2])
                return record if isinstance(record, Event) else None
            if kept.sender is not None:
                return Event(seq, kept.at, kept.sender, kept.type, {}, kept.size, None, False)
        return None

    def _shown(self, kept: Kept) -> TimelineRow:
        if isinstance(kept, TimelineRow):
            return kept
        if isinstance(kept, Event):
            return self._masked_row(kept)
        if isinstance(kept, LongAudio):
            role = self._pack.role(Sender.SERVER, kept.type) or ""
            text = summarise(role, kept.payload())
            return TimelineRow(kept.seq, kept.at, Sender.SERVER, kept.type, kept.size, text)
        seq, at, sender, data = kept
        return self._masked_row(decode(self._pack, data, seq, at, sender))

    def _masked_row(self, record: Record) -> TimelineRow:
        return row_of(self.masker.record(record), self._pack)


def row_of(record: Record, pack: Pack) -> TimelineRow:
    """The row of a record that has no secrets any more."""
    match record:
        case Event():
            role = pack.role(record.sender, record.type) or ""
            text = summarise(role, record.payload)
            return TimelineRow(record.seq, record.at, record.sender, record.type, record.size, text)
        case Undecodable():
            fact = pack.binary_facts.get(record.sender) if isinstance(record.data, bytes) else None
            name, text = ("(no event)", record.reason) if fact is None else (f"({fact})", "binary")
            size = len(record.data)
            return TimelineRow(record.seq, record.at, record.sender, name, size, text)
        case Opened():
            return TimelineRow(None, record.at, None, "opened", 0, record.url or "")
        case Refused():
            return TimelineRow(None, record.at, Sender.SERVER, "refused", 0, record.text)
        case Closed():
            text = close_words(record)
            return TimelineRow(None, record.at, record.sender, "closed", 0, text)
        case Ended():
            return TimelineRow(None, record.at, None, "ended", 0, record.reason)
        case Remark():
            return TimelineRow(None, record.at, None, "remark", 0, record.text[:200])
        case Violation():
            return TimelineRow(None, record.at, record.sender, "violation", 0, record.detail)
        case Unjudged():
            size, why = record.size, f"not judged: {record.why}"
            return TimelineRow(None, record.at, record.sender, "unjudged", size, why)
        case Paused():
            said = f"rtdebug itself stood still for {record.seconds:.1f} s"
            return TimelineRow(None, record.at, None, "paused", 0, said)
        case Found():
            return TimelineRow(None, record.at, None, "finding", 0, record.finding.title)


def _sender(kept: Kept) -> Sender | None:
    if isinstance(kept, LongAudio):
        return Sender.SERVER
    return kept.sender if isinstance(kept, Event | TimelineRow) else kept[2]
