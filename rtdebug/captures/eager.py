"""Makes a reading of a log that was taken apart as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rtdebug.captures.assembling import Assembler, by_the_next_id, manner_of
from rtdebug.captures.bystanders import tied
from rtdebug.captures.completeness import are_full, is_selective
from rtdebug.captures.pieces import Piece, What
from rtdebug.captures.reading import Reading, SenderOf
from rtdebug.captures.sockets import sockets_of
from rtdebug.captures.unread import count_unread
from rtdebug.captures.viewing import view_of
from rtdebug.model.records import Opened, Sender


def readings_of(
    kind: str, pieces: Sequence[Piece], sender_of: SenderOf, *, by_type: bool = False,
    to_end: bool = False, hidden: frozenset[str] = frozenset(), left_out: Sequence[Piece] = (),
) -> list[Reading]:  # fmt: skip
    """The readings of a log of which nobody knows whose connections it shows. ``left_out`` are
    the lines in which nothing was found."""
    readings: list[Reading] = []
    for socket in sockets_of(pieces, sender_of):
        reading = reading_of(
            kind, tied(socket.pieces, sender_of), sender_of,
            by_type=by_type, to_end=to_end, hidden=hidden,
        )  # fmt: skip
        reading.name = socket.name
        count_unread(reading, [*socket.pieces, *(() if readings else left_out)], sender_of)
        readings.append(reading)
    return readings


def reading_of(
    kind: str, pieces: Sequence[Piece], sender_of: SenderOf, *, by_type: bool = False,
    to_end: bool = False, senders: frozenset[Sender] | None = None,
    hidden: frozenset[str] = frozenset(), selective: bool = True,
) -> Reading:  # fmt: skip
    """The reading of one connection's pieces, in their order."""
    manner = manner_of(pieces, sender_of, by_type=by_type)
    assembler = Assembler(sender_of, manner)
    records = [record for piece in pieces for record in assembler.records(piece)]
    if manner.by_ids:
        records = by_the_next_id(records)
    trimmed = selective and not are_full(records)
    selective = selective and is_selective(records, manner)
    view = view_of(
        records, records, manner.clock,
        to_end=to_end, senders=senders, hidden=hidden, selective=selective,
        trimmed=trimmed,
    )  # fmt: skip
    if any(piece.what is What.BARE_ERROR for piece in pieces):
        view = replace(view, whole=False)
    notes = []
    if assembler.unattributed:
        notes.append(
            f"{assembler.unattributed} events of unknown types without a sender are taken for "
            "the server's"
        )
    url = next((r.url for r in records if isinstance(r, Opened) and r.url), None)
    return Reading(
        kind, records, view, started=assembler.started, url=url, notes=notes, bare=assembler.bare
    )
