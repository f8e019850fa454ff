"""Against a server nobody here wrote: aimock's Realtime mock, and its real deviations."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from packages import free_port, npm, until_open

from rtdebug.api.playing import Wishes, play_scenario
from rtdebug.api.probing import make_probe, run_probe
from rtdebug.documents import load_document
from rtdebug.model.results import Outcome, Run
from rtdebug.probe.expected import Expected
from rtdebug.scenario.load import Given, load_scenario

HERE = Path(__file__).parent / "aimock"
pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    folder = npm("@copilotkit/aimock@1.43.0")
    port = free_port()
    program = folder / "node_modules" / ".bin" / "llmock"
    command = [
        str(program),
        "-p",
        str(port),
        "-f",
        str(HERE / "replies.json"),
        "--log-level",
        "warn",
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until_open(port)
        yield f"ws://127.0.0.1:{port}/v1/realtime?model=gpt-realtime"
    finally:
        server.terminate()
        server.wait(10)


def _play(name: str, url: str) -> Run:
    scenario = load_scenario(load_document(HERE / name), Given(env={}))
    wishes = Wishes(url=url, headers=("Authorization: Bearer test",))
    return asyncio.run(play_scenario(scenario, wishes))


def _departures(run: Run) -> list[str]:
    """Titles of the wrong shapes that stand under the one finding about the server; nothing else is loud."""
    assert run.peer == "aimock"
    assert [one.name for one in run.findings if one.severity.rank < 2] == []
    under = [one for one in run.findings if (one.under or "").startswith("server-nonconforming")]
    return [one.title for one in under if one.name == "invalid-event"]


def test_a_text_turn_and_its_deviations(url: str) -> None:
    run = _play("text.yaml", url)
    assert [step for step in run.steps if step.outcome is not Outcome.PASSED] == []
    assert _departures(run) == [
        "response.content_part.added is wrong at /part/type",
        "response.content_part.done is wrong at /part/type",
        "input_audio_buffer.committed is wrong at /item_id",
    ]
    unknown = [one for one in run.findings if one.name == "unknown-event-type"]
    assert ["response.cancelled" in one.message for one in unknown] == [True]


def test_a_tool_turn_and_its_deviation(url: str) -> None:
    run = _play("tool.yaml", url)
    assert [step for step in run.steps if step.outcome is not Outcome.PASSED] == []
    assert _departures(run) == ["response.function_call_arguments.done is wrong at /name"]


# What is known of this server, and the case that says it.
PROBED = {
    "item-done": "not implemented",
    "answer-added": "non-strict",
    "tool-call-added": "non-strict",
    "item-retrieve": "not implemented",
    "item-delete": "not implemented",
    "session-updated-shape": "non-strict",
    "session-without-beta-fields": "non-strict",
    "metadata-echoed": "non-strict",
    "response-fields": "non-strict",
    "content-part-shape": "non-strict",
    "tool-call-shape": "non-strict",
    "usage": "non-strict",
    "rate-limits": "non-strict",
    "cancel-nothing": "failed",
    "audio-deltas": "failed",
    "committed-shape": "non-strict",
    "committed-item": "non-strict",
    "speech-started": "not implemented",
    "unknown-event": "non-strict",
    "session-created-first": "ok",
    "response-done": "ok",
    "text-adds-up": "ok",
}


def test_the_probe_names_what_is_known_of_it(url: str) -> None:
    matrix = run_probe(make_probe(url, Wishes(), jobs=4), Expected())
    found = {one.name: one for one in matrix.results}
    assert {name: found[name].verdict.value for name in PROBED} == PROBED
    assert found["metadata-echoed"].breaks == ("LiveKit Agents",)
    assert found["content-part-shape"].breaks == ("openai-agents (Python)",)
    assert found["tool-call-shape"].breaks == ("openai-agents (Python)", "Pydantic AI")
    assert found["tool-call-added"].breaks == ("Pipecat",)
