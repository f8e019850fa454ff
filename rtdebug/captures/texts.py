"""Text out of bytes, and logs of text that are too long to be looked at as a whole."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from rtdebug.captures.assembling import Assembler, Manner, manner_of
from rtdebug.captures.pieces import Piece, What
from rtdebug.captures.reading import Reading, SenderOf
from rtdebug.captures.sources import LINE_CAP, tail_lines
from rtdebug.captures.viewing import view_of
from rtdebug.model.records import Record

_PART = 1 << 20
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
    first = next(_parts(stream), "")
    sample = _pieces(first, sender_of, 1)
    manner = manner_of(sample, sender_of, by_type=True)
    view = view_of(_records(sample, sender_of, manner), (), manner.clock)
    reading = Reading("long text", (), replace(view, to_end=_shows_its_end(stream, sender_of)))
    stream.seek(0)
    assembler = Assembler(sender_of, manner, bare=reading.bare)
    reading.records = _stream(stream, assembler, reading.notes)
    return reading


def _shows_its_end(stream: BinaryIO, sender_of: SenderOf) -> bool:
    from rtdebug.captures.pasted.paste import read_paste

    last = b"\n".join(tail_lines(stream))
    return read_paste(last.decode("utf-8", "replace"), sender_of).view.to_end


def _records(pieces: list[Piece], sender_of: SenderOf, manner: Manner) -> list[Record]:
    assembler = Assembler(sender_of, manner)
    return [record for piece in pieces for record in assembler.records(piece)]


def _stream(stream: BinaryIO, assembler: Assembler, notes: list[str]) -> Iterator[Record]:
    line, empty = 1, True
    with stream:
        for part in _parts(stream):
            for piece in _pieces(part, assembler.sender_of, line):
                empty = empty and piece.what is What.REMARK
                yield from assembler.records(piece)
            line += part.count("\n")
    if empty:
        from rtdebug.captures import nothing

        notes.append(nothing.in_long_text(line))


def _pieces(text: str, sender_of: SenderOf, line: int) -> list[Piece]:
    from rtdebug.captures.pasted.paste import cleaned
    from rtdebug.captures.pasted.reader import PasteReader

    return [one.piece for one in PasteReader(cleaned(text), sender_of, line).read().found]


def _parts(stream: BinaryIO) -> Iterator[str]:
    """The text in parts of some megabytes, each ending before a line that is not indented."""
    rest = b""
    while block := stream.read(_PART):
        data = rest + block
        cut = _end_of_records(data)
        if cut <= 0 and len(data) < LINE_CAP:
            rest = data
            continue
        cut = cut or len(data)
        yield data[:cut].decode("utf-8", "replace")
        rest = data[cut:]
    if rest:
        yield rest.decode("utf-8", "replace")


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
