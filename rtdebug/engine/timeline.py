"""The timeline: the first and the last rows of what crossed the wire, bounded."""

from __future__ import annotations

from collections import deque

from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Opened,
    Record,
    Refused,
    Remark,
    Sender,
    Undecodable,
)
from rtdebug.model.results import TimelineRow
from rtdebug.packs.pack import Pack
from rtdebug.packs.summaries import summarise

KEPT = 1000
_SMALL = 1024


class Timeline:
    """Keeps small events as they are and makes rows of them only when asked."""

    def __init__(self, pack: Pack, kept: int = KEPT) -> None:
        self._pack = pack
        self._first: list[Event | TimelineRow] = []
        self._last: deque[Event | TimelineRow] = deque(maxlen=kept)
        self._kept = kept
        self._count = 0

    def add(self, record: Record) -> None:
        """One record, in order."""
        self._count += 1
        small = type(record) is Event and record.size < _SMALL
        kept = record if small else self._row(record)
        if len(self._first) < self._kept:
            self._first.append(kept)  # type: ignore[arg-type]
        else:
            self._last.append(kept)  # type: ignore[arg-type]

    @property
    def dropped(self) -> int:
        """Rows in the middle that are no longer kept."""
        return self._count - len(self._first) - len(self._last)

    def rows(self) -> tuple[TimelineRow, ...]:
        """All kept rows, in order."""
        return tuple(
            one if isinstance(one, TimelineRow) else self._row(one)
            for one in (*self._first, *self._last)
        )

    def _row(self, record: Record) -> TimelineRow:
        match record:
            case Event():
                role = self._pack.role(record.sender, record.type) or ""
                text = summarise(role, record.payload)
                return TimelineRow(
                    record.seq, record.at, record.sender, record.type, record.size, text
                )
            case Undecodable():
                size = len(record.data)
                return TimelineRow(
                    record.seq, record.at, record.sender, "(no event)", size, record.reason
                )
            case Opened():
                return TimelineRow(None, record.at, None, "opened", 0, record.url or "")
            case Refused():
                return TimelineRow(None, record.at, Sender.SERVER, "refused", 0, record.text)
            case Closed():
                by = f" by the {record.sender}" if record.sender else ""
                text = f"{record.code}{by} {record.reason}".strip()
                return TimelineRow(None, record.at, record.sender, "closed", 0, text)
            case Ended():
                return TimelineRow(None, record.at, None, "ended", 0, record.reason)
            case Remark():
                return TimelineRow(None, record.at, None, "remark", 0, record.text[:200])
