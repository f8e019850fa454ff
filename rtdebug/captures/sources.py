"""Bytes of a log, from a file or a pipe, in whole lines and bounded memory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO, TypeAlias

from rtdebug.captures.packed import unpacked
from rtdebug.errors import UnreadableError

CHUNK = 1 << 18
LINE_CAP = 64 << 20
"""The longest line that is read whole; a longer one is cut there and said to be."""

Source: TypeAlias = Path | BinaryIO


def open_source(source: Source) -> tuple[str, BinaryIO]:
    """The name of ``source`` and its bytes, at their start and seekable.

    A pipe is copied to an unnamed temporary file, so that its end can be looked at before its
    records are judged, and what is compressed is unpacked into one. Raises UnreadableError when
    there is nothing to read from.
    """
    if not isinstance(source, Path):
        name = str(getattr(source, "name", "stdin"))
        name = "stdin" if name == "<stdin>" else name
        return name, unpacked(name, _seekable(source))
    try:
        kind = os.stat(source)
        if stat.S_ISDIR(kind.st_mode):
            raise UnreadableError(
                f"{source}: this is a folder without captures (*.jsonl); a log is expected",
                "name a file in it",
            )
        stream = source.open("rb")
        whole = stream if stat.S_ISREG(kind.st_mode) else _seekable(stream)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableError(f"{source}: cannot be read: {reason}", "check the name") from None
    return str(source), unpacked(str(source), whole)


def _seekable(stream: BinaryIO) -> BinaryIO:
    if stream.seekable():
        return stream
    import tempfile

    copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the reading
    while block := stream.read(CHUNK):
        copy.write(block)
    copy.seek(0)
    return copy  # type: ignore[return-value]


def size_of(stream: BinaryIO) -> int:
    """How many bytes there are in all."""
    here = stream.tell()
    end = stream.seek(0, os.SEEK_END)
    stream.seek(here)
    return end


def head_of(stream: BinaryIO, size: int) -> bytes:
    """The first ``size`` bytes; the stream is at its start again afterwards."""
    stream.seek(0)
    head = stream.read(size)
    stream.seek(0)
    return head


def tail_lines(stream: BinaryIO, size: int = 1 << 16) -> list[bytes]:
    """The whole lines in the last ``size`` bytes; the stream stays where it is."""
    here = stream.tell()
    end = stream.seek(0, os.SEEK_END)
    start = max(0, end - size)
    stream.seek(start)
    lines = stream.read(size).split(b"\n")
    stream.seek(here)
    return lines if start == 0 else lines[1:]


def line_batches(stream: BinaryIO) -> Iterator[list[bytes]]:
    """The lines of ``stream``, many at a time, each with its newline; the last is given one.

    A line over LINE_CAP comes cut into pieces of about that length, which have none. The stream is
    closed at its end.
    """
    rest: list[bytes] = []
    held = 0
    with stream:
        while block := stream.read(CHUNK):
            end = block.rfind(b"\n") + 1
            if end:
                rest.append(block[:end])
                # Its readlines look for newlines with memchr; split and splitlines do not.
                yield BytesIO(b"".join(rest)).readlines()
                rest, held = [], 0
            if end < len(block):
                rest.append(block[end:])
                held += len(block) - end
            if held >= LINE_CAP:
                yield [b"".join(rest)]
                rest, held = [], 0
        if held:
            yield [b"".join(rest) + b"\n"]
