"""The index says what the registry says, and no rule sleeps through what concerns it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rtdebug.captures.own import read_own
from rtdebug.engine.rulebook import Entry, Rulebook
from rtdebug.engine.session import Session
from rtdebug.engine.watch import is_plain
from rtdebug.model.findings import Finding
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules import index
from rtdebug.rules.registry import RULES

RECORDINGS = sorted(Path(__file__).parent.glob("*/*.jsonl"))
NAMES = [f"{path.parent.name}/{path.stem}" for path in RECORDINGS]


def judged(path: Path, entries: tuple[Entry, ...]) -> tuple[Finding, ...]:
    with path.open("rb") as stream:
        reading = read_own(str(path), stream)
        pack = load_pack(reading.pack_hint or DEFAULT_PACK)
        patience = reading.header.get("patience")
        session = Session(pack, entries, view=reading.view, patience=patience)
        for record in reading.records:
            session.observe(record)
    return session.finish().findings


def test_the_index_is_the_registry() -> None:
    path = Path(index.__file__).with_name("index.json")
    assert path.read_bytes() == index.written(), "python -m rtdebug.rules.index writes it anew"
    assert tuple(entry.load() for entry in index.entries()) == RULES


@pytest.mark.parametrize("path", RECORDINGS, ids=NAMES)
def test_no_rule_sleeps_through_what_concerns_it(path: Path) -> None:
    restless = tuple(
        # Plain events are shown to no rule, so those that they wake have no other way to begin.
        entry if any(map(is_plain, entry.begins)) else entry._replace(begins=())
        for entry in index.entries()
    )
    assert judged(path, index.entries()) == judged(path, restless)


def test_a_rule_is_made_when_something_happens_that_it_looks_at() -> None:
    class Late(Rule):
        roles = ("error", "response.done")
        begins = ("error",)

    class Patient(Rule):
        roles = ("item.create",)
        patient = True

        def finished(self) -> tuple[Finding, ...]:
            return ()

    made: list[type[Rule]] = []

    def make(rule: type[Rule]) -> Rule:
        made.append(rule)
        return rule.__new__(rule)

    book = Rulebook([Entry.of(Late), Entry.of(Patient)], make, lambda: None)
    assert book.looking_at("response.done") == ()
    assert book.at("finished") == book.awake == ()
    assert [type(one) for one in book.looking_at("error")] == [Late]
    assert [type(one) for one in book.looking_at("response.done")] == [Late]
    assert [type(one) for one in book.looking_at("item.create")] == [Patient]
    assert [type(one) for one in book.at("finished")] == [Patient]
    assert made == [Late, Patient]


def test_a_session_that_sees_nothing_loads_few_rules() -> None:
    program = (
        "import sys\n"
        "from rtdebug.engine.session import Session\n"
        "from rtdebug.packs.load import load_pack\n"
        "from rtdebug.rules.index import entries\n"
        "Session(load_pack(), entries())\n"
        "print(*(one for one in sys.modules if one.startswith('rtdebug.rules.')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["rtdebug.rules.index"]
