"""Keeps, while a command runs, what its page will show of the messages.

Rows are packed as they pass, without secrets, and held compressed. There is a bound for all
connections together; over it the middle of the longest is given up, and the page says how much.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from weakref import WeakSet

import orjson

from rtdebug.engine.session import Session
from rtdebug.engine.timeline import row_of
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Found, Record, Sender, Undecodable
from rtdebug.model.results import Run, TimelineRow
from rtdebug.reports.encoding import encode, harmless
from rtdebug.reports.page.packing import Packing, in_page
from rtdebug.reports.page.sound import Sound
from rtdebug.reports.page.turns import Turns
from rtdebug.secrets.masker import Masker

MOST = 22 * 1024 * 1024
"""Characters of rows on a page; all else that is on one is small beside them."""

_PIECE = 32 * 1024
_MARKS = 5000
_MARKED = frozenset({"speech.started", "speech.stopped", "audio.committed", "audio.cleared",
                     "item.truncated", "output.cleared"})  # fmt: skip
_WHO = {Sender.SERVER: 0, Sender.CLIENT: 1, None: 2}


class Keeping:
    """What is kept of all connections of a command."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: WeakSet[KeptMessages] = WeakSet()
        self._open: dict[Session, KeptMessages] = {}

    def connection(self, session: Session) -> KeptMessages:
        """The sink for the records of a connection, which have no secrets any more."""
        known = self._open.get(session)
        if known is None:
            known = self._open[session] = KeptMessages(session, self._bound)
            self._held.add(known)
        return known

    def over(self, session: Session) -> KeptMessages:
        """What was kept of a connection that has ended."""
        known = self.connection(session)
        del self._open[session]
        return known

    def _bound(self) -> None:
        held = {one: one.size for one in self._held}
        spare = self._most - sum(held.values())
        while spare < 0 and held:
            longest = max(held, key=held.__getitem__)
            freed = longest.shrink()
            if not freed:
                del held[longest]
                continue
            held[longest] -= freed
            spare += freed


class KeptMessages:
    """The messages of one connection."""

    def __init__(self, session: Session, bound: Callable[[], None]) -> None:
        self.size = 0
        self._pack = session.pack
        self._masker = Masker(session.evidence.masker.redactor)
        self._sound = Sound(session)
        self._turns = Turns(session.pack)
        self._packing = Packing()
        self._bound = bound
        self._marks: list[tuple[int, float, str]] = []
        self._rows: list[str] = []
        self._length = 0
        self._packed: list[tuple[int, int, bytes]] = []  # rows, characters, and they themselves
        self._left_out = 0

    def observe(self, record: Record) -> None:
        """One record as it came."""
        self.accept(self._masker.record(record))

    def accept(self, record: Record, findings: Sequence[Finding] = ()) -> None:
        """One record without secrets. It is never the record's fault that nobody can read it."""
        if isinstance(record, Found):
            return
        row = row_of(record, self._pack)
        body: Any = None
        if isinstance(record, Event):
            role = self._pack.role(record.sender, record.type) or ""
            self._turns.observe(record, role)
            self._sound.observe(record, role)
            if role in _MARKED and len(self._marks) < _MARKS:
                self._marks.append((record.seq, record.at, role))
            body = record.payload
        elif isinstance(record, Undecodable):
            body = _words(record.data)
        self._add(row_text(row, self._packing, body))

    def shrink(self) -> int:
        """Gives up a piece of the middle; how many characters that was."""
        if len(self._packed) < 4:
            return 0
        rows, characters, _ = self._packed.pop(len(self._packed) // 4)
        self._left_out += rows
        self.size -= characters
        return characters

    def pieces(self) -> Iterator[str]:
        """All of it as JSON."""
        self._pack_rows()
        yield '{"rows":['
        for number, (_, _, data) in enumerate(self._packed):
            text = zlib.decompress(data).decode("utf-8", "surrogatepass")
            yield f",{text}" if number else text
        rest = {
            "left_out": self._left_out,
            "strings": list(self._packing.strings),
            "turns": self._turns.fields(),
            "marks": self._marks,
            "sound": self._sound.fields(),
        }
        yield f'],"shapes":[{",".join(self._packing.shapes)}],{_json(rest)[1:]}'

    def _add(self, text: str) -> None:
        self._rows.append(text)
        self._length += len(text)
        if self._length >= _PIECE:
            self._pack_rows()
            self._bound()

    def _pack_rows(self) -> None:
        if self._rows:
            data = ",".join(self._rows).encode("utf-8", "surrogatepass")
            self._packed.append((len(self._rows), self._length, zlib.compress(data, 1)))
            self.size += self._length
            self._rows, self._length = [], 0


def row_text(row: TimelineRow, packing: Packing, body: object = None) -> str:
    """One row: number, time, who (0 the server, 1 the client, 2 neither), type, size, words, body;
    a body is the number of its shape and its values."""
    fields = [row.seq, round(row.at, 6), _WHO[row.sender], packing.name(row.type), row.size,
              row.summary, *(packing.body(body) if body is not None else ())]  # fmt: skip
    return _json(fields)


def timeline_pieces(run: Run) -> Iterator[str]:
    """The rows of a run whose messages were not kept: those of its timeline, without bodies."""
    packing = Packing()
    rows = ",".join([row_text(row, packing) for row in run.timeline])
    strings = _json(list(packing.strings))
    yield f'{{"rows":[{rows}],"left_out":{run.rows_left_out},"shapes":[],"strings":{strings},'
    yield '"turns":[],"marks":[],"sound":{}}'


def _words(data: str | bytes) -> str:
    return data if isinstance(data, str) else f"{len(data):,} bytes, {data[:64].hex(' ')}"


def _json(value: Any) -> str:
    """Compact, as the page takes it."""
    try:
        text = harmless(orjson.dumps(value).decode())
    except TypeError:  # half a surrogate, which orjson does not write
        text = encode(value)
    return in_page(text)
