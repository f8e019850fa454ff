"""Every finding has a recording that shows it and a near one that does not.

A folder is named after its finding and holds ``bad.jsonl``, ``good.jsonl`` and ``expected.json``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rtdebug.captures.own import read_own
from rtdebug.catalogue.book import names
from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding, Severity
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.rules.registry import RULES

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("*/bad.jsonl"))


def judged(path: Path) -> tuple[Finding, ...]:
    with path.open("rb") as stream:
        reading = read_own(str(path), stream)
        session = Session(
            load_pack(reading.pack_hint or DEFAULT_PACK),
            RULES,
            view=reading.view,
            patience=reading.header.get("patience"),
        )
        for record in reading.records:
            session.observe(record)
    return session.finish().findings


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    path = request.param
    assert isinstance(path, Path)
    return path


def expected(folder: Path) -> dict[str, Any]:
    loaded = json.loads((folder / "expected.json").read_text())
    assert isinstance(loaded, dict)
    return loaded


def test_the_bad_recording_shows_the_fault_at_its_place(folder: Path) -> None:
    want = expected(folder)
    found = [one for one in judged(folder / "bad.jsonl") if one.name == folder.name]
    assert len(found) == 1
    assert want == {
        "name": found[0].name,
        "severity": found[0].severity.value,
        "evidence": list(found[0].evidence),
        "subject": found[0].subject,
    }


def test_a_finding_says_what_to_do(folder: Path) -> None:
    (found,) = [one for one in judged(folder / "bad.jsonl") if one.name == folder.name]
    assert found.message
    assert len(found.title) <= 90
    assert found.fix
    assert all(cause.text and cause.test for cause in found.causes)


def test_the_good_recording_is_quiet(folder: Path) -> None:
    findings = judged(folder / "good.jsonl")
    assert folder.name not in {one.name for one in findings}
    assert [one.name for one in findings if one.severity is not Severity.INFO] == []


def test_little_stands_beside_the_root(folder: Path) -> None:
    """What follows from the fault hangs under it and does not stand beside it."""
    findings = judged(folder / "bad.jsonl")
    errors = [one for one in findings if one.severity is Severity.ERROR and one.under is None]
    assert len(errors) <= 2


def test_folders_are_named_after_findings(folder: Path) -> None:
    assert folder.name in names()
