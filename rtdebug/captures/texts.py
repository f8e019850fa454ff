"""Text out of bytes, and logs of text that are too long to be looked at as a whole."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from rtdebug.captures.assembling import Assembler, manner_of
from rtdebug.captures.bystanders import ties_of
from rtdebug.captures.pieces import MOST_TEXT, Context, Piece, What
from rtdebug.captures.reading import Reading, SenderOf
from rtdebug.captures.relevance import Relevance, Template, is_logged
from rtdebug.captures.sockets import Sorter
from rtdebug.captures.sources import LINE_CAP, tail_lines
from rtdebug.captures.streaming import Strands
from rtdebug.captures.survey import surveyed, view_in
from rtdebug.captures.unread import Unread

_PART = 1 << 18
_MOST_HELD = 100
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(data: bytes) -> str:
    """The text of ``data``: UTF-8, or UTF-16 as Windows shells write it; bytes that are no text
    become the replacement character."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    zeros = data[:2000].count(b"\0")
    if zeros and zeros * 3 > len(data[:2000]):
        return data.decode("utf-16-le", "replace")
    return data.decode("utf-8", "replace")


def read_long_text(stream: BinaryIO, sender_of: SenderOf) -> Reading:
    """The reading of a long text, a part of whole lines at a time.

    A part ends where a line begins a new record, so that no value is torn. What the whole can
    show is told from its first part and its last lines.
    """
    first = PartReader(sender_of, Relevance())
    survey = (piece for part in _parts(stream) for piece in first.pieces(part, 1))
    raw = surveyed(survey, stream, sender_of)
    manner = manner_of(raw, sender_of, by_type=True)
    to_end = _shows_its_end(stream, sender_of)
    reading = Reading("long text", (), view_in(raw, (), sender_of, manner, to_end=to_end))
    stream.seek(0)
    assembler = Assembler(sender_of, manner, bare=reading.bare)
    parts = PartReader(sender_of, first.relevance.anew())
    pieces = _stream(stream, parts, reading)
    ties = ties_of(raw, sender_of)
    reading.records = (
        record for piece in pieces for record in assembler.records(ties.piece(piece))
    )
    sorter = Sorter(raw, sender_of)
    if sorter.sees_several:
        reading.several = Strands(pieces, sorter, sender_of, manner)
    return reading


def _shows_its_end(stream: BinaryIO, sender_of: SenderOf) -> bool:
    from rtdebug.captures.pasted.paste import read_paste

    lines = tail_lines(stream)
    kept = Relevance().kept(lines)
    last = b"\n".join(lines[number] for number in kept)
    return read_paste(last.decode("utf-8", "replace"), sender_of)[0].view.to_end


def _stream(stream: BinaryIO, reader: PartReader, reading: Reading) -> Iterator[Piece]:
    line, empty = 1, True
    with stream:
        for part in _parts(stream):
            for piece in reader.pieces(part, line):
                empty = empty and piece.what is What.REMARK
                reader.unread.take(piece)
                yield piece
            line += part.count(b"\n")
        yield from reader.last()
    reader.unread.into(reading)
    if empty:
        from rtdebug.captures import nothing

        reading.notes.append(nothing.in_long_text(line))


class PartReader:
    """Reads parts of one long text: dull lines not at all, a line that is one message at once, and
    the rest with care."""

    def __init__(self, sender_of: SenderOf, relevance: Relevance) -> None:
        from rtdebug.captures.pasted.values import ValueReader

        self._sender_of = sender_of
        self.relevance = relevance
        self.unread = Unread(sender_of)
        self._values = ValueReader(sender_of)
        self._held: dict[Template, tuple[bytes, int]] = {}

    def pieces(self, part: bytes, first_line: int) -> list[Piece]:
        """Everything a part holds, in order; its first line is the log's ``first_line``."""
        from rtdebug.captures.pasted.single_lines import event_in

        lines = part.split(b"\n")
        kept, found = self._news(lines, first_line)
        if not kept:
            return [piece for _, piece in found]
        text = b"\n".join(lines[index] for index in kept).decode("utf-8", "replace")
        shown = text.split("\n")
        if len(shown) != len(kept):  # a secret of several lines: their numbers are lost
            kept = list(range(len(shown)))
        rest: list[tuple[int, str]] = []
        for index, line in zip(kept, shown, strict=True):
            piece = event_in(line.rstrip("\r"), first_line + index, self._values)
            if piece is not None:
                found.append((index, piece))
            else:
                rest.append((index, line))
        if any(line.strip() for _, line in rest):
            careful = list(self._with_care(rest, first_line))
            self._learn(careful, lines)
            found += careful
        self._let_go(found, first_line)
        found.sort(key=lambda one: one[0])
        return [piece for _, piece in found]

    def _news(self, lines: list[bytes], first: int) -> tuple[list[int], list[tuple[int, Piece]]]:
        """The lines that take a look, and the remarks that are told again."""
        news, again = [], []
        for index in self.relevance.kept(lines):
            line = lines[index]
            template = self.relevance.remark(line) if is_logged(line) else None
            if template is None:
                news.append(index)
            elif self.relevance.is_old(template):
                self._held[template] = (line, first + index)
                self.unread.repeated(template, line)
            else:
                again.append((index, self._remark(line, first + index)))
        return news, again

    def _remark(self, line: bytes, number: int) -> Piece:
        from rtdebug.captures.pasted.words import stamp_at_head

        text = line.decode("utf-8", "replace").strip()[:MOST_TEXT]
        return Piece(What.REMARK, Context(stamp=stamp_at_head(text), line=number), text=text)

    def _let_go(self, found: list[tuple[int, Piece]], first: int) -> None:
        """Forgets the held remarks that a message came after."""
        messages = [index for index, piece in found if piece.what is not What.REMARK]
        if messages and self._held:
            last = first + max(messages)
            self._held = {key: one for key, one in self._held.items() if one[1] > last}

    def last(self) -> list[Piece]:
        """Of the remarks that were made too often to be kept, those behind the last message: they
        may say why none came any more."""
        held = sorted(self._held.values(), key=lambda one: one[1])[-_MOST_HELD:]
        return [self._remark(line, number) for line, number in held]

    def _learn(self, found: list[tuple[int, Piece]], lines: list[bytes]) -> None:
        """Which lines that stand for themselves were no more than remarks."""
        pieces: dict[int, list[Piece]] = {}
        for index, piece in found:
            pieces.setdefault(index, []).append(piece)
        for index, (piece, *more) in pieces.items():
            if not more and piece.what is What.REMARK and is_logged(lines[index]):
                self.relevance.learn_remark(lines[index])

    def _with_care(self, rest: list[tuple[int, str]], first: int) -> Iterator[tuple[int, Piece]]:
        from rtdebug.captures.pasted.paste import cleaned
        from rtdebug.captures.pasted.reader import PasteReader
        from rtdebug.captures.pasted.settling import settled

        numbers: list[int] = []
        lines: list[str] = []
        for index, line in rest:
            if numbers and index > numbers[-1] + 1:
                numbers.append(index - 1)  # a blank line for what was left out
                lines.append("")
            numbers.append(index)
            lines.append(line)
        text = cleaned("\n".join(lines))
        paste = PasteReader(text, self._sender_of).read()
        for one in settled(paste, text, self._sender_of):
            context = one.piece.context
            index = numbers[min(context.line, len(numbers)) - 1]
            context = replace(context, line=first + index)
            yield index, replace(one.piece, context=context)


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    """The text in parts of whole records: each ends before a line that is not indented."""
    rest = b""
    while block := stream.read(_PART):
        data = rest + block
        cut = _end_of_records(data)
        if cut <= 0 and len(data) < LINE_CAP:
            rest = data
            continue
        cut = cut or len(data)
        yield data[:cut]
        rest = data[cut:]
    if rest:
        yield rest


def _end_of_records(data: bytes) -> int:
    """Behind the last line break that a new record follows: no blank, no closing bracket."""
    end = len(data)
    for _ in range(10_000):
        end = data.rfind(b"\n", 0, end)
        if end < 0:
            return 0
        if end + 1 < len(data) and data[end + 1 : end + 2] not in b" \t\r\n}])":
            return end + 1
    return end + 1
