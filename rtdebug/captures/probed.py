"""The end of a capture behind a probe: rtdebug's own question, and what was said to it.

Neither is of the session. What the answer proves is a note of the reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rtdebug.captures.decoding import decode
from rtdebug.captures.names import NameOf
from rtdebug.model.records import Event, Probing, Record, Undecodable
from rtdebug.packs.pack import Pack
from rtdebug.protocols.openai_realtime.probing import Probe


def behind_probe(
    probing: Probing, lines: Iterable[bytes], name_of: NameOf, pack: Pack | None, notes: list[str]
) -> Iterator[Record]:
    """What belongs to the session of the lines behind ``probing``: how it ended."""
    probe = Probe(pack, str(probing.payload.get("response_id"))) if pack is not None else None
    for line in lines:
        record = decode(line.rstrip(b"\n"), name_of)
        if isinstance(record, Event):
            if probe is not None:
                probe.hear(record)
        elif record is not None and not isinstance(record, Undecodable):
            yield record
    if probe is not None:
        notes.append(probe.told())
