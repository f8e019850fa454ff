"""Against a server nobody here wrote: aimock's Realtime mock, and its real deviations."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from packages import npm

from rtdebug.api.playing import Wishes, play_scenario
from rtdebug.documents import load_document
from rtdebug.model.results import Outcome, Run
from rtdebug.scenario.load import Given, load_scenario

HERE = Path(__file__).parent / "aimock"
pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    folder = npm("@copilotkit/aimock@1.43.0")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
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
        _until_open(port)
        yield f"ws://127.0.0.1:{port}/v1/realtime?model=gpt-realtime"
    finally:
        server.terminate()
        server.wait(10)


def _until_open(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("aimock did not begin to listen within 10 s")


def _play(name: str, url: str) -> Run:
    scenario = load_scenario(load_document(HERE / name), Given(env={}))
    wishes = Wishes(url=url, headers=("Authorization: Bearer test",))
    return asyncio.run(play_scenario(scenario, wishes))


def _departures(run: Run) -> list[str]:
    """Titles of the wrong shapes that stand under the one finding about the server; nothing else is loud."""
    assert run.peer == "aimock"
    assert [one.name for one in run.findings if one.severity.rank < 2] == []
    under = [one for one in run.findings if one.under == "server-nonconforming"]
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
