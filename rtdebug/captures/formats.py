"""The table of formats, and the one entrance: any log becomes readings.

A format is told by the content of a log and never by its name. Each is imported when a log is in
it, so that a capture does not pay for what pasted text needs.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from rtdebug.captures.jsonl import loads
from rtdebug.captures.looks import (
    looks_like_document,
    looks_like_flows,
    looks_like_lines,
    looks_like_own,
)
from rtdebug.captures.no_logs import refuse_no_log
from rtdebug.captures.reading import Reading, SenderOf
from rtdebug.captures.sources import CHUNK, Source, head_of, open_source, size_of
from rtdebug.errors import UnreadableError
from rtdebug.model.records import View

if TYPE_CHECKING:
    from rtdebug.captures.pieces import Context, Piece
    from rtdebug.captures.reading_progress import ReadingProgress
    from rtdebug.captures.wrapped import TextReader

LONGEST_PASTE = 4 << 20
"""A text beyond this many bytes is no paste: it is read in parts."""

LARGE = 32 << 20
"""A JSON document beyond this is read in pieces."""
LONGEST_DOCUMENT = 1 << 28
"""A document beyond this, of which nothing can be set aside, is read as text, in parts."""


@dataclass(frozen=True, slots=True)
class Log:
    """One log to be read, and what is needed to read it."""

    name: str
    stream: BinaryIO
    head: bytes
    sender_of: SenderOf


@dataclass(frozen=True, slots=True)
class Format:
    """A format: ``fits`` looks at the first bytes, ``read`` returns None when it was another."""

    name: str
    fits: Callable[[bytes], bool]
    read: Callable[[Log], list[Reading] | None]


def _read_own(log: Log) -> list[Reading]:
    from rtdebug.captures.names import LogVocabulary
    from rtdebug.captures.own import read_own

    pack = log.sender_of.pack if isinstance(log.sender_of, LogVocabulary) else None
    reading = read_own(log.name, log.stream, pack)
    if b"\n" not in log.head.strip():
        reading.notes.append("the first line of a capture, and no record behind it")
    return [reading]


def _read_flows(log: Log) -> list[Reading] | None:
    from rtdebug.captures.mitm import read_flows

    return read_flows(log.name, log.stream, log.sender_of) or None


def _read_lines(log: Log) -> list[Reading]:
    from rtdebug.captures.lines import read_lines

    return read_lines(log.stream, log.sender_of, _text_reader(log.sender_of))


def _read_document(log: Log) -> list[Reading] | None:
    from rtdebug.captures.documents import read_document
    from rtdebug.captures.har import is_har, read_har

    size = size_of(log.stream)
    if size > LARGE and (readings := _read_large(log)):
        return readings
    if size > LONGEST_DOCUMENT:
        return None
    log.stream.seek(0)
    data = log.stream.read()
    try:
        value = loads(data.removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        return None
    if is_har(value):
        return read_har(value, log.sender_of) or None
    return read_document(value, log.sender_of, _text_reader(log.sender_of))


def _read_large(log: Log) -> list[Reading] | None:
    """An array element by element, an archive with its messages set aside."""
    from rtdebug.captures.elements import as_lines
    from rtdebug.captures.har import is_har, read_har
    from rtdebug.captures.har_streamed import parsed_apart
    from rtdebug.captures.lines import read_lines

    lines = as_lines(log.stream)
    if lines is not None:
        log.stream.close()
        readings = read_lines(lines, log.sender_of, _text_reader(log.sender_of))
        for reading in readings:
            reading.format = "JSON document"
        return readings
    if not _names_archive(log.head):
        return None
    try:
        value = parsed_apart(log.stream)
    except ValueError:
        return None
    return read_har(value, log.sender_of) or None if is_har(value) else None


def _names_archive(head: bytes) -> bool:
    return b'"log"' in head[:4096] and (b'"entries"' in head or b'"creator"' in head)


def _read_text(log: Log) -> list[Reading]:
    from rtdebug.captures import nothing
    from rtdebug.captures.pasted.paste import read_paste
    from rtdebug.captures.texts import decoded, read_long_text

    long = size_of(log.stream) > LONGEST_PASTE
    known = nothing.binary(log.head, long=long)
    if known is not None:
        return [Reading("binary", [], View(from_start=False, to_end=False), notes=[known])]
    if long:
        return [read_long_text(log.stream, log.sender_of)]
    log.stream.seek(0)
    data = log.stream.read()
    text = decoded(data)
    readings = read_paste(text, log.sender_of)
    if all(nothing.is_nothing(reading.records) for reading in readings):
        readings[0].notes = [_nothing_in(data, text)]
    return readings


def _nothing_in(data: bytes, text: str) -> str:
    from rtdebug.captures import nothing

    if looks_like_document(data):
        with suppress(ValueError):
            return nothing.in_json(loads(text.encode("utf-8", "surrogatepass")))
    return nothing.in_text(data, text)


def _text_reader(sender_of: SenderOf) -> TextReader:
    """Reads lines that are no JSON; what that needs is imported when there is one."""
    known: list[TextReader] = []

    def read_text(text: str, context: Context) -> list[Piece]:
        if not known:
            from rtdebug.captures.pasted.paste import line_reader

            known.append(line_reader(sender_of))
        return known[0](text, context)

    return read_text


FORMATS: tuple[Format, ...] = (
    Format("rtdebug capture", looks_like_own, _read_own),
    Format("mitmproxy flows", looks_like_flows, _read_flows),
    Format("JSON lines", looks_like_lines, _read_lines),
    Format("JSON document", looks_like_document, _read_document),
    Format("pasted text", lambda head: True, _read_text),
)


def read(
    source: Source, *, sender_of: SenderOf, progress: ReadingProgress | None = None
) -> list[Reading]:
    """The connections in a log, in any format of the table; ``progress`` is told how it goes.

    ``source`` is a path or a stream of bytes (stdin). Records hold what the log held, secrets
    too: whoever lets them leave masks them. Raises UnreadableError when there is nothing to read
    from, or when a format needs what is not installed; content as such is never an error.
    """
    name, stream = open_source(source)
    if progress is not None:
        progress.begins(stream, size_of(stream))
    try:
        log = Log(name, stream, head_of(stream, CHUNK), sender_of)
        refuse_no_log(name, log.head)
        readings = _readings(log)
    except UnreadableError:
        stream.close()
        raise
    if all(isinstance(reading.records, list) for reading in readings):
        stream.close()
    return readings


def _readings(log: Log) -> list[Reading]:
    for known in FORMATS:
        if known.fits(log.head):
            readings = known.read(log)
            if readings is not None:
                return readings
    return _read_text(log)
