"""Each finding is found by its own rule alone, and everything that can be found has recordings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rtdebug import resources
from rtdebug.captures.own import read_own
from rtdebug.catalogue.book import entries, names
from rtdebug.engine.rule import NeutralRule
from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.rules.grammar.breaches import Breaches
from rtdebug.rules.registry import LIFECYCLE, RULES, SAID

HERE = Path(__file__).parent
FOLDERS = sorted(path.parent for path in HERE.glob("*/expected.json"))
# Shapes are judged by the engine itself, and what a compatible server does is summed up by it.
OF_THE_ENGINE = {one.name for one in entries() if one.family == "schema"}


def rules_of(name: str) -> tuple[type[NeutralRule], ...]:
    """Those that say this name: by themselves, for a fault of the table or a breach, or by the
    table."""
    if name == "server-nonconforming":
        return RULES
    own = tuple(rule for rule in RULES if rule.name == name)
    by_another = (*SAID, *LIFECYCLE, Breaches, *_sayers(name))
    return own or (() if name in OF_THE_ENGINE else by_another)


def _sayers(name: str) -> tuple[type[NeutralRule], ...]:
    """Rules that find a fault of the table before the peer names it."""
    stem = name.replace("-", "_")
    return tuple(
        rule
        for rule in RULES
        if not rule.name
        and (getattr(rule, "fault", None) == name or rule.__module__.endswith(f".{stem}"))
    )


def judged(path: Path, rules: tuple[type[NeutralRule], ...]) -> list[Finding]:
    with path.open("rb") as stream:
        reading = read_own(str(path), stream)
        session = Session(
            load_pack(reading.pack_hint or DEFAULT_PACK),
            rules,
            view=reading.view,
            patience=reading.header.get("patience"),
        )
        for record in reading.records:
            session.observe(record)
    return list(session.finish().findings)


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    path = request.param
    assert isinstance(path, Path)
    return path


def test_its_rule_alone_finds_the_fault(folder: Path) -> None:
    want = json.loads((folder / "expected.json").read_text())
    found = judged(folder / "bad.jsonl", rules_of(folder.name))
    (one,) = (finding for finding in found if finding.name == folder.name)
    assert list(one.evidence) == want["evidence"]
    assert one.subject == want["subject"]


def test_its_rule_alone_is_quiet_on_the_good_recording(folder: Path) -> None:
    found = judged(folder / "good.jsonl", rules_of(folder.name))
    assert [finding.name for finding in found if finding.name == folder.name] == []


def test_the_record_shows_what_the_evidence_names(folder: Path) -> None:
    """Evidence are numbers of events that are in the recording."""
    want = json.loads((folder / "expected.json").read_text())
    lines = [json.loads(line) for line in (folder / "bad.jsonl").read_text().splitlines()]
    seqs = {line["seq"] for line in lines if "seq" in line}
    assert set(want["evidence"]) <= seqs


def _by_another_name() -> set[str]:
    """General names of findings that the packs which have them call by names of their own."""
    lives = [load_pack(name).life for name in resources.pack_names()]
    used = {
        life.names.get(scope.empty, scope.empty) for life in lives if life for scope in life.scopes
    } | {life.names.get(row.finding, row.finding) for life in lives if life for row in life.reports}
    return {name for life in lives if life for name in life.names} - used


# What no record of a connection shows: tests/cli/test_spy.py has it.
OF_THE_COMMAND = {"command-failed"}


@pytest.mark.parametrize("name", sorted(set(names()) - _by_another_name() - OF_THE_COMMAND))
def test_everything_that_can_be_found_has_recordings(name: str) -> None:
    files = {path.name for path in (HERE / name).glob("*")}
    assert {"good.jsonl", "bad.jsonl", "expected.json"} <= files
