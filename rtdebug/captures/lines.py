"""Reads JSON lines that other tools wrote, of any size, as a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import orjson

from rtdebug.captures.assembling import Assembler, Manner, manner_of
from rtdebug.captures.bystanders import Ties, ties_of
from rtdebug.captures.eager import readings_of
from rtdebug.captures.jsonl import loads
from rtdebug.captures.pieces import MOST_TEXT, Context, Piece, What
from rtdebug.captures.reading import Reading, SenderOf
from rtdebug.captures.relevance import Relevance, Template, is_logged
from rtdebug.captures.shape import MOST_NAMES, LineShape, sender_labelled, shape_of
from rtdebug.captures.sockets import Sorter
from rtdebug.captures.sources import head_of, line_batches, size_of, tail_lines
from rtdebug.captures.streaming import Strands
from rtdebug.captures.survey import kept_open, surveyed, view_in
from rtdebug.captures.units import units_in
from rtdebug.captures.unread import Unread
from rtdebug.captures.wrapped import TextReader, Unwrapper
from rtdebug.model.records import Event, Record, Sender

_SAMPLE = 1 << 16
_LAST = 30
_SHOWN = 10
_MOST_HELD = 100
SWIFT = 2 << 20
"""Up to this size every line is read with care; beyond it lines like the first go by position."""


def _parsed(line: bytes) -> Any:
    try:
        return loads(line)
    except ValueError:
        return None


def read_lines(
    stream: BinaryIO,
    sender_of: SenderOf,
    read_text: TextReader | None = None,
) -> list[Reading]:
    """The readings of JSON lines of another tool; ``read_text`` reads lines that are no JSON."""
    unwrapper = Unwrapper(sender_of, read_text)
    sample = [fields for line in head_of(stream, _SAMPLE).split(b"\n") if (fields := _parsed(line))]
    unwrapper.units = units_in(sample, unwrapper)
    if size_of(stream) <= SWIFT:
        pieces = [piece for fields in sample for piece in unwrapper.pieces(fields)]
        return _all_read(stream, unwrapper, read_text, manner_of(pieces, sender_of))
    return [_large(stream, unwrapper, read_text, sample)]


def _large(
    stream: BinaryIO, unwrapper: Unwrapper, read_text: TextReader | None, sample: list[Any]
) -> Reading:
    """The reading of a log that is too large to be held."""
    sender_of = unwrapper.sender_of
    survey = _Lines(
        kept_open(stream),
        unwrapper,
        read_text,
        Assembler(sender_of, Manner()),
        LineShape(),
        [],
        None,
    )
    pieces = surveyed(survey.stream(), stream, sender_of)
    manner = manner_of(pieces, sender_of)
    ties = ties_of(pieces, sender_of)
    last, to_end = _end(stream, unwrapper, read_text)
    tail, _ = _glimpse(map(ties.piece, last), sender_of, manner)
    reading = Reading(
        "JSON lines", (), view_in(pieces, tail, sender_of, manner, to_end=to_end),
        started=_glimpse(pieces, sender_of, manner)[1],
    )  # fmt: skip
    lines = _Lines(
        stream, unwrapper, read_text, Assembler(sender_of, manner, bare=reading.bare),
        shape_of(sample, unwrapper), reading.notes, sample[0] if sample else None,
    )  # fmt: skip
    lines.ties = ties
    lines.unread = Unread(sender_of)
    reading.records = lines.records(reading)
    sorter = Sorter(pieces, sender_of)
    if sorter.sees_several:
        reading.several = Strands(lines.stream(), sorter, sender_of, manner)
    return reading


def _all_read(
    stream: BinaryIO, unwrapper: Unwrapper, read_text: TextReader | None,
    manner: Manner,
) -> list[Reading]:  # fmt: skip
    """The readings of a log that is small enough to be looked at as a whole."""
    _, to_end = _end(stream, unwrapper, read_text)
    notes: list[str] = []
    lines = _Lines(
        stream, unwrapper, read_text, Assembler(unwrapper.sender_of, manner),
        LineShape(), notes, None,
    )  # fmt: skip
    found, left_out = lines.pieces()
    readings = readings_of(
        "JSON lines", found, unwrapper.sender_of, to_end=to_end, left_out=left_out
    )
    readings[0].notes.extend(notes)
    return readings


def _glimpse(
    pieces: Iterable[Piece], sender_of: SenderOf, manner: Manner
) -> tuple[list[Record], str | None]:
    assembler = Assembler(sender_of, manner)
    return [record for piece in pieces for record in assembler.records(piece)], assembler.started


def _end(
    stream: BinaryIO, unwrapper: Unwrapper, read_text: TextReader | None
) -> tuple[list[Piece], bool]:
    """The last pieces, and whether text behind the last message tells that no more came."""
    pieces: list[Piece] = []
    behind: list[str] = []
    for line in tail_lines(stream)[-_LAST:]:
        fields = _parsed(line)
        if fields:
            behind.clear()
            pieces.extend(unwrapper.pieces(fields))
        elif line.strip():
            behind.append(line.decode("utf-8", "replace"))
    text = "\n".join(behind)
    if text and read_text is not None:
        pieces.extend(read_text(text, Context()))
    if not text or text.lstrip()[:1] in ("{", "["):
        return pieces, False
    from rtdebug.captures.pasted.paste import tells_the_end

    return pieces, tells_the_end(text)


class _Lines:
    """One pass over the lines of one stream."""

    def __init__(
        self, stream: BinaryIO, unwrapper: Unwrapper,
        read_text: TextReader | None, assembler: Assembler, shape: LineShape, notes: list[str],
        first: object,
    ) -> None:  # fmt: skip
        self._stream = stream
        self._unwrapper = unwrapper
        self._read_text = read_text
        self._assembler = assembler
        self._shape = shape
        self._notes = notes
        self._first = first
        self.ties: Ties | None = None
        self.unread: Unread | None = None
        self._learnt: set[str] = set()
        self._senders: dict[Any, Sender] = {}
        self._left_out: list[int] = []
        self._left = 0
        self._relevance = Relevance()
        self._held: dict[Template, tuple[bytes, int]] = {}
        self._empty = True

    def pieces(self) -> tuple[list[Piece], list[Piece]]:
        """What all lines hold, each read with care, and those that hold nothing, as remarks."""
        found: list[Piece] = []
        left_out: list[Piece] = []
        number, first = 0, None
        for batch in line_batches(self._stream):
            for line in batch:
                number += 1
                if line.strip():
                    first = first or _parsed(line)
                    in_line, _ = self._found(line.rstrip(b"\n"), number, swift=False)
                    found += in_line
                    if not in_line:
                        left_out.append(self._passed_by(line, number))
        self._tell(number, first)
        return found, left_out

    def stream(self) -> Iterator[Piece]:
        """What all lines hold, one by one."""
        number = 0
        for batch in line_batches(self._stream):
            for line in batch:
                number += 1
                if line.strip():
                    yield from self._found(line.rstrip(b"\n"), number, swift=True)[0]
        for line, at in self._last():
            yield from self._found(line, at, swift=False)[0]
        self._tell(number, self._first)

    def records(self, reading: Reading) -> Iterator[Record]:
        """Every record in order. This loop is what a large log costs: what has the shape of the
        first lines and a type seen before is taken apart by position, the rest with care."""
        shape, assembler, learnt, number = self._shape, self._assembler, self._learnt, 0
        time, side, slot, scale = shape.time, shape.side, shape.slot, shape.scale
        loads_line, make, clock = orjson.loads, tuple.__new__, assembler.line
        senders, around = self._senders, shape.around
        seq, at, origin = 0, 0.0, 0.0
        for batch in line_batches(self._stream):
            for line in batch:
                number += 1
                try:
                    fields = loads_line(line)
                    payload = fields[slot]
                    kind = payload["type"]
                    if kind in learnt:
                        seconds = fields[time] * scale - origin
                        at = max(at, seconds)
                        size, sender = len(line) - 1 - around, senders[fields[side]]
                        seq += 1
                        yield make(Event, (seq, at, sender, kind, payload, size, None, True))
                        continue
                except (KeyError, TypeError, ValueError):
                    pass  # no line of that shape
                if line.strip():
                    assembler.seq, clock.at = seq, at
                    yield from self._with_care(line.rstrip(b"\n"), number)
                    seq, at, origin = assembler.seq, clock.at, clock.origin
        assembler.seq = max(seq, assembler.seq)
        for line, at_line in self._last():
            yield from self._with_care(line, at_line, swift=False)
        self._tell(number, self._first)
        if self.unread is not None:
            self.unread.into(reading, often=learnt, messages=assembler.seq)

    def _tell(self, lines: int, first: object) -> None:
        """Notes what was left out, of so many lines."""
        if self._empty:
            from rtdebug.captures import nothing

            self._notes.append(nothing.in_lines(lines, first))
        else:
            self._notes.extend(_left_out(self._left_out, self._left))

    def _with_care(self, line: bytes, number: int, *, swift: bool = True) -> Iterator[Record]:
        """The records of one line, whatever its shape."""
        found, fields = self._found(line, number, swift=swift)
        for piece in found:
            if self.unread is not None:
                self.unread.take(piece)
            own = piece if self.ties is None else self.ties.piece(piece)
            yield from self._assembler.records(own)
        if swift and len(found) == 1 and isinstance(fields, dict):
            self._learn(fields)

    def _found(self, line: bytes, number: int, *, swift: bool) -> tuple[list[Piece], Any]:
        """What one line holds, and its fields. ``swift``: not if no reader cares."""
        if swift and (line[:1] == b"{" or is_logged(line)) and self._relevance.is_dull(line):
            self._leave_out(number)
            return [], None
        template = self._relevance.remark(line) if swift else None
        if template is not None and self._relevance.is_old(template):
            self._held[template] = (line, number)
            if self.unread is not None:
                self.unread.repeated(template, line)
            return [], None
        fields = _parsed(line)
        context = Context(line=number)
        if fields is not None:
            found = self._unwrapper.pieces(fields, context)
        else:
            text = line.decode("utf-8", "replace")
            found = self._read_text(text, context) if self._read_text else []
        if not found:
            self._leave_out(number)
            if self.unread is not None:
                self.unread.take(self._passed_by(line, number))
        if swift and all(piece.what is What.REMARK for piece in found):
            self._relevance.learn_remark(line)
        else:
            self._held.clear()
        self._empty = self._empty and not found
        return found, fields

    def _passed_by(self, line: bytes, number: int) -> Piece:
        """A line in which nothing was found, as a remark."""
        text = line[:MOST_TEXT].decode("utf-8", "replace").strip()
        return Piece(What.REMARK, Context(line=number), text=text)

    def _leave_out(self, number: int) -> None:
        if len(self._left_out) < _SHOWN:
            self._left_out.append(number)
        self._left += 1

    def _last(self) -> list[tuple[bytes, int]]:
        """Of the remarks that came too often to be kept, those behind the last message: they may
        say why none came any more."""
        return sorted(self._held.values(), key=lambda one: one[1])[-_MOST_HELD:]

    def _learn(self, fields: dict[str, Any]) -> None:
        """Lines of this type may go by position: the shape holds, and
        their time runs on from one that is known."""
        shape, assembler = self._shape, self._assembler
        payload = fields.get(shape.slot)
        if not isinstance(payload, dict) or "count" in fields or assembler.manner.by_ids:
            return
        kind = payload.get("type")
        timed = shape.side and shape.time and assembler.line.first is not None
        if timed and isinstance(kind, str) and len(self._learnt) < MOST_NAMES:
            self._learnt.add(kind)
            label = fields.get(shape.side)
            sender = sender_labelled(label, assembler.manner.swapped)
            if sender is not None and len(self._senders) < MOST_NAMES:
                self._senders[label] = sender


def _left_out(lines: list[int], count: int) -> list[str]:
    if not lines:
        return []
    shown = ", ".join(map(str, lines))
    more = f" and {count - len(lines)} more" if count > len(lines) else ""
    return [f"without a message, left out: line {shown}{more}"]
