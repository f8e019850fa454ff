"""``diff``: two runs of one scenario are the same, and of a healthy and a broken one the break
comes first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from calling import Call

from rtdebug import resources

WORKING = sorted(path.stem for path in resources.scenarios("openai-realtime").glob("*.yaml"))
TURN = resources.scenarios("openai-realtime", "text-turn.yaml")


@pytest.mark.parametrize("name", WORKING)
def test_two_runs_of_one_scenario_are_the_same(call: Call, tmp_path: Path, name: str) -> None:
    for run in "ab":
        assert call("run", name, "--capture", tmp_path / f"{run}.jsonl").code == 0
    called = call("diff", tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert (called.code, called.out.splitlines()[-1]) == (0, "no difference"), called.out


def compared(call: Call, folder: Path, b: str, a: str | None = None) -> list[dict[str, Any]]:
    for name, scenario in (("a", a or TURN.read_text("utf-8")), ("b", b)):
        path = folder / f"{name}.yaml"
        path.write_text(scenario, encoding="utf-8")
        call("run", path, "--capture", folder / f"{name}.jsonl")
    called = call("diff", folder / "a.jsonl", folder / "b.jsonl", "--report", "json")
    assert called.code == 1
    found: list[dict[str, Any]] = json.loads(called.out)["differences"]
    return found


def test_the_break_comes_first(call: Call, tmp_path: Path) -> None:
    broken = resources.scenarios("gallery", "response-done-missing.yaml").read_text("utf-8")
    found = compared(call, tmp_path, broken)
    assert [(one["kind"], one["place"]) for one in found] == [
        ("finding", "response-done-missing"), ("message", "A #23"), ("response", "response 1")
    ]  # fmt: skip
    assert (found[1]["a"], found[1]["b"]) == ("< response.done completed", "nothing")


def test_settings_and_what_was_sent(call: Call, tmp_path: Path) -> None:
    other = TURN.read_text("utf-8").replace(
        "output_modalities: [text]", "output_modalities: [text], instructions: Be brief.", 1
    )
    found = compared(call, tmp_path, other)
    assert ("setting", "instructions") in {(one["kind"], one["place"]) for one in found}
    sent = next(one for one in found if one["kind"] == "message")
    assert "Be brief." in sent["b"]
    assert "Be brief." not in sent["a"]


def test_latency_counts_from_twice_and_300_ms_on(call: Call, tmp_path: Path) -> None:
    log = [
        {"at": 0.0, "from": "server", "event": {"type": "session.created", "event_id": "e", "session": {"type": "realtime", "id": "sess_1", "object": "realtime.session"}}},
        {"at": 0.1, "from": "client", "event": {"type": "response.create"}},
    ]  # fmt: skip
    for name, late in (("a", 0.3), ("b", 0.9)):
        body = {
            "id": f"resp_{name}",
            "object": "realtime.response",
            "output": [],
            "status": "in_progress",
        }
        rows = [*log, {"at": 0.2, "from": "server", "event": {"type": "response.created", "event_id": "e1", "response": body}},
                {"at": late, "from": "server", "event": {"type": "response.done", "event_id": "e2", "response": {**body, "status": "completed"}}}]  # fmt: skip
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    called = call("diff", tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert called.code == 1
    assert "latency  response 1, all of it\n  A  100 ms\n  B  700 ms" in called.out


def test_the_page_holds_what_is_told(call: Call, tmp_path: Path) -> None:
    compared(
        call,
        tmp_path,
        resources.scenarios("gallery", "response-done-missing.yaml").read_text("utf-8"),
    )
    page = tmp_path / "diff.html"
    called = call("diff", tmp_path / "a.jsonl", tmp_path / "b.jsonl", "--report", f"html={page}")
    assert called.code == 1
    assert called.out.endswith("3 differences\n")
    text = page.read_text("utf-8")
    assert "<h1>3 differences</h1>" in text
    assert '<td>&lt; response.done completed</td><td class="nothing">nothing</td>' in text


def test_nothing_to_compare_is_no_pass(call: Call, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text("no events here\n")
    assert call("diff", tmp_path / "a", tmp_path / "b").code == 4
    assert call("diff", tmp_path / "a", tmp_path / "none").code == 2


def test_messages_of_one_side_alone_are_listed_in_a_line_each(call: Call, tmp_path: Path) -> None:
    compared(
        call,
        tmp_path,
        resources.scenarios("gallery", "response-create-unanswered.yaml").read_text("utf-8"),
    )
    told = call("diff", tmp_path / "a.jsonl", tmp_path / "b.jsonl").out
    listed = told.partition("messages in A alone\n")[2].splitlines()
    assert [line.split()[1:3] for line in listed[:2]] == [
        ["<", "response.created"],
        ["<", "response.output_item.added"],
    ]
