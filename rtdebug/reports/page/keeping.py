"""Keeps, while a command runs, what its page will show of the messages.

Rows are packed as they pass, without secrets, and held compressed. There is a bound for all
connections together; over it the middle of the longest is given up, and the page says how much.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple
from weakref import WeakSet

import orjson

from rtdebug.engine.session import Session
from rtdebug.engine.timeline import row_of
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Found, Record, Sender, Undecodable
from rtdebug.model.results import Run, TimelineRow
from rtdebug.model.value import replace
from rtdebug.reports.encoding import encode, harmless
from rtdebug.reports.page.packing import Packing, in_page
from rtdebug.reports.page.recording import SoundRoom
from rtdebug.reports.page.sound import SoundTrack
from rtdebug.reports.turns import Turns
from rtdebug.secrets.masker import Masker

MOST = 22 * 1024 * 1024
"""Characters of rows on a page; all else that is on one is small beside them."""

_PIECE = 32 * 1024
_BETWEEN = ",\n"  # rows; no row has a line break in it
_LATEST = 50  # connections that are over and still shown to who looks on
_MARKS = 5000
_MARKED = frozenset({"speech.started", "speech.stopped", "audio.committed", "audio.cleared",
                     "item.truncated", "output.cleared"})  # fmt: skip
_WHO = {Sender.SERVER: 0, Sender.CLIENT: 1, None: 2}


class _Piece(NamedTuple):
    """Rows that are held compressed, and how many there were at the end of them."""

    end: int
    rows: int
    characters: int
    data: bytes

    @property
    def text(self) -> str:
        return zlib.decompress(self.data).decode("utf-8", "surrogatepass")


class Keeping:
    """What is kept of all connections of a command. Where somebody looks on, it is ``live`` and
    ``begun`` are the connections that are open, and the latest of those that are over; where there
    is ``room`` for it the sound is kept too, in place of most of the rows."""

    def __init__(
        self, most: int = MOST, *, live: bool = False, room: SoundRoom | None = None
    ) -> None:
        self.live = live
        self._room = room
        self.begun: list[KeptMessages] = []
        self._count = 0
        self._most = most if room is None else most // 4
        self._held: WeakSet[KeptMessages] = WeakSet()
        self._open: dict[Session, KeptMessages] = {}

    def connection(self, session: Session) -> KeptMessages:
        """The sink for the records of a connection, which have no secrets any more."""
        known = self._open.get(session)
        if known is None:
            known = self._open[session] = KeptMessages(session, self._bound, self._room)
            self._held.add(known)
            self._count += 1
            known.number = self._count
            if self.live:
                self.begun.append(known)
        return known

    def over(self, session: Session, run: Run) -> Run:
        """The run of a connection that has ended, with what was kept of it."""
        known = self.connection(session)
        del self._open[session]
        known.over(run)
        self._bound()
        over = [one for one in self.begun if one.run is not None]
        if len(over) > _LATEST:
            self.begun.remove(over[0])
        return replace(run, kept=known)

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
        if spare < 0:  # many small ones: the oldest of those that are over
            for one in sorted(self._held, key=lambda known: known.number):
                spare += one.give_up() if spare < 0 and one.session is None else 0


class SeenSoFar(NamedTuple):
    """How much somebody who looks on has: rows, shapes, strings, marks."""

    rows: int = 0
    shapes: int = 0
    strings: int = 0
    marks: int = 0


class KeptMessages:
    """The messages of one connection. ``session`` is None when it has ended, and ``run`` is then
    what it came to."""

    def __init__(
        self, session: Session, bound: Callable[[], None], room: SoundRoom | None = None
    ) -> None:
        self.size = self.number = self.count = 0
        self.session: Session | None = session
        self.sent = dict.fromkeys(Sender, 0)
        self.run: Run | None = None
        self._pack = session.pack
        self._masker = Masker(session.evidence.masker.redactor)
        self._sound = SoundTrack(session, room)
        self._turns = Turns(session.pack)
        self._packing = Packing()
        self._bound = bound
        self._marks: list[tuple[int, float, str]] = []
        self._rows: list[str] = []
        self._length = 0
        self._packed: list[_Piece] = []
        self._left_out = 0

    def observe(self, record: Record) -> None:
        """One record as it came."""
        self.accept(self._masker.record(record))

    def accept(self, record: Record, findings: Sequence[Finding] = ()) -> None:
        """One record without secrets. It is never the record's fault that nobody can read it."""
        if isinstance(record, Found):
            return
        row = row_of(record, self._pack)
        if row.seq is not None and row.sender is not None:
            self.sent[row.sender] += 1
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
        piece = self._packed.pop(len(self._packed) // 4)
        self._left_out += piece.rows
        self.size -= piece.characters
        return piece.characters

    def pieces(self) -> Iterator[str]:
        """All of it as JSON."""
        self._pack_rows()
        yield '{"rows":['
        for number, piece in enumerate(self._packed):
            yield f",{piece.text}" if number else piece.text
        rest = {
            "left_out": self._left_out,
            "strings": list(self._packing.strings),
            "turns": self._turns.fields(),
            "marks": self._marks,
            "sound": self._sound.fields(),
        }
        yield f'],"shapes":[{",".join(self._packing.shapes)}],{_json(rest)[1:]}'

    def since(self, place: SeenSoFar) -> tuple[str, SeenSoFar]:
        """What has come since then, as JSON in one object's members, and where that leads."""
        packing, rows = self._packing, self._rows_since(place.rows)
        now = SeenSoFar(self.count, len(packing.shapes), len(packing.strings), len(self._marks))
        shapes = ",".join(islice(packing.shapes, place.shapes, None))
        rest = {
            "left_out": self._left_out,
            "strings": list(islice(packing.strings, place.strings, None)),
            "marks": self._marks[place.marks :],
            "turns": self._turns.fields(),
            "sound": self._sound.fields(heard=self.session is None),
        }
        return f'"rows":[{",".join(rows)}],"shapes":[{shapes}],{_json(rest)[1:-1]}', now

    def _rows_since(self, count: int) -> list[str]:
        begin = self.count - len(self._rows)
        if count >= begin:
            return self._rows[count - begin :]
        found: list[str] = []
        for piece in self._packed:
            if piece.end > count:
                rows = piece.text.split(_BETWEEN)
                found += rows[max(0, count - piece.end + piece.rows) :]
        return found + self._rows

    def told(self) -> Sequence[Finding]:
        """What was found so far, without secrets."""
        return self._masker.findings(self.session.findings) if self.session is not None else ()

    def over(self, run: Run) -> None:
        """The connection has ended and came to this."""
        self.session, self.run = None, run
        self._pack_rows()
        packing = self._packing
        self.size += sum(map(len, packing.strings)) + sum(map(len, packing.shapes))

    def give_up(self) -> int:
        """Keeps nothing of the messages; how many characters that was."""
        freed, self.size = self.size, 0
        self._left_out += sum(piece.rows for piece in self._packed)
        self._packed, self._packing = [], Packing()
        return freed

    def _add(self, text: str) -> None:
        self._rows.append(text)
        self.count += 1
        self._length += len(text)
        if self._length >= _PIECE:
            self._pack_rows()
            self._bound()

    def _pack_rows(self) -> None:
        if self._rows:
            data = zlib.compress(_BETWEEN.join(self._rows).encode("utf-8", "surrogatepass"), 1)
            self._packed.append(_Piece(self.count, len(self._rows), self._length, data))
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
