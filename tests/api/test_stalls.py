"""When a run stops: early where nothing can come any more, with one question where it stalled."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from rtdebug.api.diagnosing import diagnose, sender_of
from rtdebug.api.playing import Wishes, play_scenario
from rtdebug.captures.formats import read
from rtdebug.documents import parse_document
from rtdebug.model.results import Outcome, Run
from rtdebug.scenario.load import Given, load_scenario

TALK = [
    {"expect": "session.created"},
    {"send": {"type": "response.create", "response": {"output_modalities": ["text"]}}},
]


def play(steps: list[Any], mock: dict[str, Any], capture: Path | None = None, **keys: Any) -> Run:
    text = json.dumps({"rtdebug": 1, "name": "play", "mock": mock, "steps": steps, **keys})
    scenario = load_scenario(parse_document(text, "x.yaml"), Given(env={}))
    return asyncio.run(play_scenario(scenario, Wishes(), capture=capture))


REFUSED = {"error": {"on": "response.create", "code": "invalid_value"}}
HOPELESS = {
    "a call that never came": ({"expect": "response.function_call_arguments.done"}, {}),
    "an answer that was refused": ({"expect": "response.done"}, REFUSED),
    "one of several, each in vain": (
        {"expect_any": [{"expect": "response.function_call_arguments.done"},
                        {"expect": "response.output_audio.done"}]}, {}),
    "all of several, one in vain": (
        {"expect_all": ["response.done", "response.output_audio.done"]}, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOPELESS)
def test_an_expectation_that_nothing_can_meet_ends_early(name: str) -> None:
    step, mock = HOPELESS[name]
    run = play([*TALK, step], mock, timeout="60s")
    assert run.outcome is Outcome.FAILED
    assert "nothing that is open can bring it any more" in run.steps[-1].detail
    assert run.duration < 10


@pytest.mark.parametrize(
    "step",
    [
        {"expect": "error", "within": "1300ms"},
        {"expect_close": {}, "within": "1300ms"},
        {"expect_any": [{"expect": "response.output_audio.done"}, {"expect": "error"}],
         "within": "1300ms"},
    ],
    ids=["error", "close", "another branch"],
)  # fmt: skip
def test_what_nobody_asks_for_is_waited_for(step: dict[str, Any]) -> None:
    run = play([*TALK, {"expect": "response.done"}, step], {})
    assert run.duration >= 1.3
    assert run.steps[-1].outcome is Outcome.FAILED


def test_a_send_that_waits_keeps_an_expectation_waiting() -> None:
    send = {"send": {"type": "response.create"}, "after": {"event": "response.done", "delay": "1200ms"}}  # fmt: skip
    steps = [*TALK, send, {"expect": "response.done"}, {"expect": "response.done"}]
    assert play(steps, {}).outcome is Outcome.PASSED


STALLS = {
    "stuck": ({"stall": {"after": "response.created"}}, "proved: stuck:"),
    "lost": ({"drop": ["response.done"]}, "proved: finished, events lost:"),
}


@pytest.mark.parametrize("name", STALLS)
def test_a_stall_is_asked_about_once_and_beside_the_session(name: str, tmp_path: Path) -> None:
    mock, proof = STALLS[name]
    path = tmp_path / "c.jsonl"
    run = play([*TALK, {"expect": "response.done"}], mock, path, timeout="500ms")
    assert run.outcome is Outcome.FAILED
    assert any(note.startswith(proof) for note in run.notes), run.notes
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    (asked,) = [line for line in lines if line.get("by") == "rtdebug"]
    assert asked["event"]["type"] == "response.cancel"
    assert run.client == 1
    assert not any(row.type == "response.cancel" for row in run.timeline)
    (reading,) = read(path, sender_of=sender_of)
    (again,) = diagnose(reading, "c")
    assert [one.name for one in again.findings] == [one.name for one in run.findings]
    assert (again.client, again.server) == (run.client, run.server)
    assert any(note.startswith(proof) for note in again.notes)


def test_nothing_is_asked_where_it_is_not_wanted(tmp_path: Path) -> None:
    mock, path = {"stall": {"after": "response.created"}}, tmp_path / "c.jsonl"
    steps = [*TALK, {"expect": "response.done"}]
    run = play(steps, mock, path, timeout="500ms", on_stall="none")
    assert run.outcome is Outcome.FAILED
    assert not run.notes
    assert "response.cancel" not in path.read_text()
