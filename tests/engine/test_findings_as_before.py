"""Findings are what they were before the engine was rebuilt, but for what a list explains.

findings_before.json has, for each fixture, recording, log, generated session and mutant, the
findings (name, subject, severity) of the version before; findings_changed.yaml every difference
with its reason. A source that is not in it is new.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from choosing import Seeded
from legal_sessions import legal_session
from mutations import mutate

from rtdebug.api.diagnosing import diagnose, sender_of
from rtdebug.captures.formats import read
from rtdebug.captures.own import read_own
from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding
from rtdebug.model.records import Record
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.rules import index

HERE = Path(__file__).parent
TESTS = HERE.parent
BEFORE: dict[str, list[list[str | None]]] = json.loads((HERE / "findings_before.json").read_text())
CHANGED = yaml.safe_load((HERE / "findings_changed.yaml").read_text())
Rows = list[tuple[str | None, ...]]


def rows(findings: Iterator[Finding] | tuple[Finding, ...]) -> Rows:
    found = ((one.name, one.subject, one.severity.value) for one in findings)
    return sorted(found, key=str)


def played(session: Session, records: Iterator[Record] | list[Record]) -> Rows:
    for record in records:
        session.observe(record)
    return rows(session.finish().findings)


def of_fixture(path: Path) -> Rows:
    with path.open("rb") as stream:
        reading = read_own(str(path), stream)
        session = Session(
            load_pack(reading.pack_hint or DEFAULT_PACK), index.entries(), view=reading.view,
            patience=reading.header.get("patience"),
        )  # fmt: skip
        return played(session, iter(reading.records))


def of_log(path: Path) -> Rows:
    runs = [
        run
        for reading in read(path, sender_of=sender_of)
        for run in diagnose(reading, path.name)
    ]  # fmt: skip
    return rows(tuple(one for run in runs for one in run.findings))


def of_session(source: str) -> Rows:
    kind, _, seed = source.partition("/")
    records = legal_session(Seeded(int(seed)))
    if kind == "mutant":
        mutation = mutate(records, load_pack(), int(seed))
        assert mutation is not None
        records = mutation.records
    return played(Session(load_pack(), index.entries()), records)


def now(source: str) -> Rows:
    kind = source.partition("/")[0]
    if kind in ("legal", "mutant"):
        return of_session(source)
    return of_fixture(TESTS / source) if kind == "rules" else of_log(TESTS / source)


def wanted(source: str) -> Rows:
    """The findings before, with the differences that are explained."""
    found = [tuple(row) for row in BEFORE[source]]
    for change in CHANGED:
        if change["source"] == source:
            for row in map(tuple, change["gone"]):
                found.remove(row)
            found += map(tuple, change["new"])
    return sorted(found, key=str)


@pytest.mark.parametrize("kind", ["rules", "recordings", "captures", "legal", "mutant"])
def test_findings_are_what_they_were(kind: str) -> None:
    sources = [one for one in BEFORE if one.startswith(f"{kind}/")]
    assert sources
    other: dict[str, Any] = {}
    for source in sources:
        found = now(source)
        if found != wanted(source):
            other[source] = {"found": found, "wanted": wanted(source)}
    assert other == {}


def test_every_difference_is_of_a_source_that_is_there_and_has_a_reason() -> None:
    for change in CHANGED:
        assert change["source"] in BEFORE
        assert len(change["why"]) > 20
        assert change["gone"] or change["new"]
