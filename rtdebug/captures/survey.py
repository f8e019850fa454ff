"""A first look at a log that is too large to be held: enough of it to tell what it shows.

A mebibyte from its start is looked at, and more where the log has more sessions than that shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, cast

from rtdebug.captures.completeness import are_full, is_selective
from rtdebug.captures.pieces import Piece, What
from rtdebug.captures.reading import SenderOf
from rtdebug.captures.sockets import Sorter
from rtdebug.captures.sources import CHUNK
from rtdebug.captures.streaming import Strands
from rtdebug.captures.viewing import FIRST_EVENTS, view_of
from rtdebug.model.records import Record, View

if TYPE_CHECKING:
    from rtdebug.captures.assembling import Manner

_FIRST = 1 << 20  # bytes
_MORE = 3_000  # messages behind the first sign that there are several connections
_MOST = 20_000  # messages without one
_MASSES = (".delta", ".append")
_GREETINGS = tuple(name.encode() for name in FIRST_EVENTS if len(name) > len("setup"))


def kept_open(stream: BinaryIO) -> BinaryIO:
    """The stream from its start; it stays open when a reader has had enough of it."""
    return cast("BinaryIO", _Open(stream))


class _Open:
    def __init__(self, stream: BinaryIO) -> None:
        stream.seek(0)
        self.read = stream.read

    def __enter__(self) -> _Open:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None: ...


def surveyed(pieces: Iterable[Piece], stream: BinaryIO, sender_of: SenderOf) -> list[Piece]:
    """The first of ``pieces``, which are read from ``stream`` as they are taken."""
    found: list[Piece] = []
    greetings = _several_begin(stream)
    stream.seek(0)
    messages, enough = 0, _MOST
    for piece in pieces:
        if stream.tell() <= _FIRST:
            found.append(piece)
            continue
        if not greetings:
            break
        if piece.what is not What.EVENT or piece.type.endswith(_MASSES):
            continue
        found.append(piece)
        messages += 1
        if not messages % _MORE and enough == _MOST and Sorter(found, sender_of).sees_several:
            enough = messages
        if messages >= enough:
            break
    stream.seek(0)
    return found


def _several_begin(stream: BinaryIO) -> bool:
    """Whether the log names more than once what comes first on a connection."""
    count = 0
    stream.seek(0)
    while block := stream.read(4 * CHUNK):
        count += sum(map(block.count, _GREETINGS))
        if count > 1:
            return True
    return False


def view_in(
    sample: Sequence[Piece], tail: Sequence[Record], sender_of: SenderOf, manner: Manner,
    *, to_end: bool = False,
) -> View:  # fmt: skip
    """What a log shows, by a sample of it: whatever any of its connections shows whole."""
    records: dict[str, list[Record]] = {}
    for name, record in Strands(sample, Sorter(sample, sender_of), sender_of, manner):
        records.setdefault(name, []).append(record)
    every = [record for own in records.values() for record in own]
    first = next(iter(records.values()), [])
    return view_of(
        first, [*every, *tail], manner.clock, to_end=to_end,
        selective=all(is_selective(own, manner) for own in records.values()),
        trimmed=not any(map(are_full, records.values())),
    )  # fmt: skip
