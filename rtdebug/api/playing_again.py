"""A recording as something that plays again: a scenario for its client, a script for its server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import PurePath

from rtdebug.captures.mock_writer import script
from rtdebug.captures.reading import Reading
from rtdebug.captures.scenario_writer import Origin, scenario
from rtdebug.engine.session import Session
from rtdebug.errors import UsageError
from rtdebug.model.findings import Severity
from rtdebug.model.records import Found, Probing, Record
from rtdebug.packs.load import load_pack
from rtdebug.rules import index
from rtdebug.scenario.responder_names import SERVER_EVENTS
from rtdebug.scenario.vocabulary import vocabulary_of


def lines(reading: Reading, pack: str, to: str, name: str) -> Iterator[bytes]:
    """The file, piece by piece. Raises UsageError for what cannot be played again."""
    # From a question of our own on it is no session of the client any more.
    session = takewhile(lambda record: not isinstance(record, Probing), reading.records)
    records = [record for record in session if not isinstance(record, Found)]
    words = vocabulary_of(pack)
    mock = ""
    if load_pack(pack).grammar:
        mock = script(records, words.roles, frozenset(SERVER_EVENTS))
    elif to == "mock":
        raise UsageError(f"the scripted server does not speak {pack}", "convert it to a scenario")
    if to == "mock":
        yield mock.encode()
        return
    origin = Origin(
        PurePath(reading.name or name).stem or "recording",
        reading.url or "",
        pack,
        _found(records, reading, pack),
        mock,
    )
    for line in scenario(records, words, origin):
        yield f"{line}\n".encode()


def _found(records: Sequence[Record], reading: Reading, pack: str) -> tuple[str, ...]:
    """What the recording shows that would fail a run."""
    session = Session(load_pack(pack), index.entries(), view=reading.view)
    for record in records:
        session.observe(record)
    findings = session.finish().findings
    return tuple(sorted({one.name for one in findings if one.severity is Severity.ERROR}))
