"""rtdebug probe on the command line: the matrix in every form, its exit codes, its bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from calling import CREATED, Call, peer, say
from websockets.sync.server import ServerConnection

from rtdebug import resources
from rtdebug.reports.figures import columns

SCHEMA = json.loads(resources.schemas("rtdebug", "probe.schema.json").read_text())
NOWHERE = "ws://127.0.0.1:1/v1/realtime"
UPDATED = "session-updated-shape"
ROUND = ("--only", "session-update-answered", "--only", UPDATED, "--only", "rate-limits",
         "--timeout", "2s")  # fmt: skip


@pytest.fixture
def faulty(tmp_path: Path) -> str:
    """An embedded server whose session.updated has no id."""
    script = tmp_path / "faulty.yaml"
    script.write_text("alter: {type: session.updated, remove: [session.id]}\n")
    return f"mock:{script}"


def test_a_server_that_conforms_is_ok(call: Call) -> None:
    done = call("probe", "mock", *ROUND)
    assert done.code == 0
    assert done.out.startswith("3 cases in at most 54.0 s\n")
    assert "1 of them ask for responses, about 300 tokens at most\n" in done.out
    assert "session  ✓✓  2 of 2 ok" in done.out
    assert "3 cases: 3 ok" in done.out


def test_a_departure_names_its_case_and_counts_as_a_warning(call: Call, faulty: str) -> None:
    done = call("probe", faulty, *ROUND)
    assert done.code == 0
    assert f"! 12 {UPDATED}: non-strict" in done.out
    assert "/session/id: expected" in done.out
    assert call("probe", faulty, *ROUND, "--fail-on", "warning").code == 1


def test_expected_failures_are_taken_off_and_stale_ones_are_errors(
    call: Call, faulty: str, tmp_path: Path
) -> None:
    file = tmp_path / "expected.txt"
    file.write_text(f"# known\n{UPDATED}  # no id\n")
    strict = (*ROUND, "--fail-on", "warning", "--expected-failures", file)
    done = call("probe", faulty, *strict)
    assert (done.code, "non-strict, expected" in done.out) == (0, True)
    done = call("probe", "mock", *strict)
    assert (done.code, f"Expected to fail, and ok: {UPDATED}." in done.out) == (1, True)
    file.write_text("session-updated-shap\n")
    done = call("probe", "mock", *strict)
    assert (done.code, f"did you mean '{UPDATED}'?" in done.err) == (2, True)


@pytest.mark.parametrize("target", ["mock", "faulty", NOWHERE])
def test_the_json_is_as_its_schema_says(call: Call, target: str, faulty: str) -> None:
    done = call("probe", faulty if target == "faulty" else target, *ROUND, "--report", "json")
    report = json.loads(done.out)
    jsonschema.validate(report, SCHEMA)
    assert report["exit_code"] == done.code
    assert sum(report["counts"].values()) == len(report["cases"]) == 3


def test_the_markdown_has_a_badge_and_no_markup_of_a_peer(call: Call, faulty: str) -> None:
    done = call("probe", faulty, *ROUND, "--report", "markdown")
    head = "![openai\\-realtime conformance: 2 of 3 ok](https://img.shields.io/badge/"
    assert f"{head}openai--realtime%20conformance-2%20of%203%20ok-yellow)" in done.out
    assert f"| 12 | {UPDATED.replace('-', chr(92) + '-')}<br>" in done.out


@pytest.mark.parametrize("width", ["80", "160"])
def test_the_matrix_fits_its_terminal(
    call: Call, faulty: str, width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    done = call("probe", faulty, "--only", "session", "--only", "negative", "--jobs", "8")
    assert max(map(columns, done.out.splitlines())) <= int(width)
    assert "\x1b" not in done.out


def test_no_session_is_told_once_and_nothing_else_is_tried(call: Call) -> None:
    done = call("probe", NOWHERE, "--only", "session")
    assert done.code == 3
    assert "No session came about. tcp: " in done.out
    assert "18 cases: 18 not judged" in done.out


def silent(connection: ServerConnection) -> None:
    list(connection)


def greets_only(connection: ServerConnection) -> None:
    say(connection, CREATED)
    list(connection)


@pytest.mark.parametrize(
    ("talk", "name", "code", "verdict"),
    [
        (silent, "session-update-answered", 4, "not judged"),
        (greets_only, "session-update-answered", 1, "failed"),
        (greets_only, "session-created-first", 0, "ok"),
        (greets_only, "session-updated-shape", 4, "not judged"),
    ],
)
def test_silence_is_never_ok(
    call: Call, talk: Callable[[ServerConnection], None], name: str, code: int, verdict: str
) -> None:
    with peer(talk) as url:
        done = call("probe", url, "--only", name, "--timeout", "300ms", "--report", "json")
    (case,) = json.loads(done.out)["cases"]
    assert (done.code, case["verdict"]) == (code, verdict)


def test_a_budget_leaves_out_what_costs_more_and_says_so(call: Call) -> None:
    done = call("probe", "mock", *ROUND, "--budget", "0")
    assert done.code == 4
    assert "1 left out by --budget" in done.out
    assert "? 65 rate-limits: not judged: left out by --budget" in done.out
    assert "some cases were not judged" in done.out


def test_the_list_is_all_there_is_and_nothing_is_asked(call: Call) -> None:
    rows = call("probe", "--list").out.splitlines()
    assert [row.split()[0] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    assert len({row.split()[1] for row in rows}) == len(rows) > 150
    assert len(call("probe", "--list", "--only", "items").out.splitlines()) == 17


def test_a_capture_is_kept_of_each_case(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    call("probe", "mock", *ROUND, "--capture", f"{folder}/")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["011-session-update-answered.jsonl", f"012-{UPDATED}.jsonl",
                     "065-rate-limits.jsonl"]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "rtdebug probe needs a URL"),
        (["ftp://x"], "expected a ws:// or wss:// URL"),
        (["mock", "--only", "itemz"], "did you mean 'items'?"),
        (["mock", "--pack", "gemini-live"], "packs that have some: openai-realtime"),
        (["mock:nowhere.yaml"], "nowhere.yaml"),
        (["mock", "--report", "junit"], "expected one of: terminal, json, markdown"),
        (["mock", "--expected-failures", "nowhere.txt"], "nowhere.txt: cannot be read"),
        (["mock", "--budget", "much"], "expected a whole number"),
    ],
)
def test_bad_input_gets_one_line_and_nothing_is_sent(
    call: Call, arguments: list[Any], told: str
) -> None:
    done = call("probe", *arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert "Traceback" not in done.err
