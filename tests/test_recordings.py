"""Recordings of real clients: nothing they do is taken for a fault, and all of it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtdebug.api.diagnosing import diagnose, sender_of
from rtdebug.captures.formats import read
from rtdebug.model.results import Outcome, Run

FOLDER = Path(__file__).parent / "recordings"
# Events each client sent and got.
COUNTS = {
    "livekit-plugins-openai-1.8": (7, 35),
    "openai-agents-python-0.24": (6, 34),
    "openai-agents-realtime-js-0.20": (4, 16),
    "openai-python-3.57": (23, 39),
    "pipecat-ai-1.14": (6, 34),
}


def judged(name: str) -> Run:
    (reading,) = read(FOLDER / f"{name}.jsonl", sender_of=sender_of)
    return diagnose(reading, name)[0]


def test_every_recording_is_listed() -> None:
    assert sorted(COUNTS) == sorted(path.stem for path in FOLDER.glob("*.jsonl"))


@pytest.mark.parametrize("name", COUNTS)
def test_a_real_client_is_read_whole(name: str) -> None:
    run = judged(name)
    assert (run.client, run.server) == COUNTS[name]


@pytest.mark.parametrize("name", COUNTS)
def test_a_real_client_does_nothing_wrong(name: str) -> None:
    run = judged(name)
    assert run.outcome is Outcome.CLEAN
    assert [one.name for one in run.findings if one.severity.rank < 2] == []
