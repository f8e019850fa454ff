"""The scenarios that ship: those that work pass, each broken one shows exactly its finding."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from rtdebug import resources
from rtdebug.api.playing import Wishes, play_scenario
from rtdebug.api.verdict import exit_code
from rtdebug.documents import load_document
from rtdebug.model.results import Outcome, Run
from rtdebug.scenario.load import Given, load_scenario

NO_SESSION = sorted(resources.scenarios("no-session").glob("*.yaml"))
GALLERY = sorted(resources.scenarios("gallery").glob("*.yaml"))
WORKING = sorted(resources.scenarios("openai-realtime").glob("*.yaml"))
BROKEN = [*GALLERY, *NO_SESSION]
AT_ONCE = 8


@pytest.fixture(scope="module")
def runs() -> dict[Path, Run]:
    """Every shipped scenario played once on the embedded server, some at a time."""

    async def play(path: Path, places: asyncio.Semaphore) -> Run:
        scenario = load_scenario(load_document(path), Given(env={}))
        async with places:
            return await play_scenario(scenario, Wishes())

    async def all_of_them() -> list[Run]:
        await play(WORKING[0], asyncio.Semaphore(1))  # what is compiled once is compiled now
        places = asyncio.Semaphore(AT_ONCE)
        return await asyncio.gather(*(play(path, places) for path in (*BROKEN, *WORKING)))

    return dict(zip((*BROKEN, *WORKING), asyncio.run(all_of_them()), strict=True))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_scenario_shows_exactly_its_finding(path: Path, runs: dict[Path, Run]) -> None:
    text = path.read_text()
    found = re.search(r"^# finding: ([a-z0-9-]+)$", text, re.M)
    assert found is not None, "a comment names the finding"
    run = runs[path]
    assert [f.name for f in run.findings if f.under is None] == [found[1]]
    assert run.duration < 1.5
    # The origin case has a file name of its own.
    assert path.stem == found[1] or path.stem == "stalled-after-created"


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_a_broken_scenario_exits_1(path: Path, runs: dict[Path, Run]) -> None:
    assert exit_code([runs[path]]) == 1


@pytest.mark.parametrize("path", NO_SESSION, ids=lambda path: path.stem)
def test_a_session_that_never_was_has_an_exit_code_of_its_own(
    path: Path, runs: dict[Path, Run]
) -> None:
    silent = path.stem == "no-session-created"  # the peer never said a word: nothing to judge
    assert exit_code([runs[path]]) == (4 if silent else 3)


@pytest.mark.parametrize("path", WORKING, ids=lambda path: path.stem)
def test_a_working_scenario_passes_without_a_finding(path: Path, runs: dict[Path, Run]) -> None:
    run = runs[path]
    assert run.outcome is Outcome.PASSED, [step for step in run.steps if step.detail]
    assert [f.name for f in run.findings if f.severity.rank < 2] == []


@pytest.mark.parametrize("path", [*BROKEN, *WORKING], ids=lambda path: path.stem)
def test_every_scenario_names_its_schema_and_says_what_it_is(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert lines[0] == (
        "# yaml-language-server: $schema=../../schemas/rtdebug/scenario.schema.json"
    )
    assert lines[1] == "#"
    assert lines[2].startswith("# ")
