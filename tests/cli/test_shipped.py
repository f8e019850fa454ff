"""Every scenario that ships, played by the command line: its reports are what they say they are,
and a replay of its capture comes to exactly the findings of the live run."""

from __future__ import annotations

import io
import json
import os
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import junitparser
import pytest

from rtdebug import resources
from rtdebug.cli.app import run

PLAYED = sorted(
    path for folder in ("openai-realtime", "gallery", "no-session")
    for path in resources.scenarios(folder).glob("*.yaml")
)  # fmt: skip
REPORT = json.loads(resources.schemas("rtdebug", "report.schema.json").read_text())
CAPTURE = json.loads(resources.schemas("rtdebug", "capture.schema.json").read_text())


class Played(NamedTuple):
    """The live runs and their replays by the name of the file; the folder of everything."""

    live: dict[str, Any]
    replayed: dict[str, Any]
    folder: Path


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("shipped")
    live, junit, replayed = folder / "live.json", folder / "live.xml", folder / "replayed.json"
    with redirect_stdout(io.StringIO()):
        code = run(["run", "openai-realtime", "gallery", "no-session", "--jobs", "8", "--capture",
                    str(folder / "kept"), "--report", f"json={live}", "--report", f"junit={junit}",
                    "--report", f"terminal={folder / 'live.txt'}"])  # fmt: skip
        assert code == 3
        captures = sorted(str(path) for path in (folder / "kept").iterdir())
        code = run(["diagnose", *captures, "--report", f"json={replayed}"])
        assert code == 1
    return Played(_by_name(live), _by_name(replayed), folder)


def _by_name(report: Path) -> dict[str, Any]:
    runs = json.loads(report.read_text())["runs"]
    return {Path(run["source"]["path"]).stem: run for run in runs}


def told(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The findings but for their causes: of who only looks on more are in question."""
    return [{**one, "causes": None} for one in run["findings"]]


@pytest.mark.parametrize("path", PLAYED, ids=lambda path: path.stem)
def test_a_replay_comes_to_exactly_the_live_findings(played: Played, path: Path) -> None:
    live, replayed = played.live[path.stem], played.replayed[path.stem]
    assert told(replayed) == told(live)
    for key in ("responses", "events", "timeline", "peer", "pack", "duration"):
        assert replayed[key] == live[key]


@pytest.mark.parametrize("name", ["live.json", "replayed.json"])
def test_the_json_report_is_as_its_schema_says(played: Played, name: str) -> None:
    report = json.loads((played.folder / name).read_text())
    jsonschema.Draft202012Validator(REPORT).validate(report)
    assert report["runs"]


def test_captures_are_as_their_schema_says(played: Played) -> None:
    validator = jsonschema.Draft202012Validator(CAPTURE)
    for path in sorted((played.folder / "kept").iterdir())[::6]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            wrong = next(validator.iter_errors(json.loads(line)), None)
            assert wrong is None, f"{path.name}:{number}: {wrong and wrong.message}"


def test_the_junit_report_is_read_by_others(played: Played) -> None:
    suites = list(junitparser.JUnitXml.fromfile(str(played.folder / "live.xml")))
    assert len(suites) == len(PLAYED)
    outcomes = {suite.name: suite for suite in suites}
    passed = [name for name, suite in outcomes.items() if not suite.failures + suite.errors]
    assert len(passed) == sum(run["outcome"] == "passed" for run in played.live.values())
    names = [(case.classname, case.name) for suite in suites for case in suite]
    assert len(names) == len(set(names)), "readers drop what comes twice"


def test_the_report_for_people_names_every_bad_run_and_why(played: Played) -> None:
    text = (played.folder / "live.txt").read_text()
    for name, one in played.live.items():
        roots = [f["name"] for f in one["findings"] if f["under"] is None]
        if one["outcome"] != "passed":
            assert all(root in text for root in roots), name
    assert (
        f"{len(PLAYED) - sum(r['outcome'] != 'passed' for r in played.live.values())} passed"
        in text
    )


def test_captures_cannot_be_read_by_others(played: Played) -> None:
    for path in (played.folder / "kept").iterdir():
        assert os.stat(path).st_mode & 0o077 == 0
