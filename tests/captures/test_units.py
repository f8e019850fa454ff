"""Times that name no unit are read as what is possible, field by field."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest

from rtdebug.api.diagnosing import sender_of
from rtdebug.captures.formats import read

CREATED = {"type": "session.created", "event_id": "e1", "session": {"id": "s"}}
ASKED = {"type": "response.create"}
BEGUN = {"type": "response.created", "event_id": "e2", "response": {"id": "r1"}}
CLEARED = {"type": "input_audio_buffer.clear"}


def length(rows: list[tuple[float, str, dict[str, Any]]], field: str = "t") -> float:
    lines = [json.dumps({field: time, "dir": way, "event": event}) for time, way, event in rows]
    (reading,) = read(io.BytesIO(("\n".join(lines) + "\n").encode()), sender_of=sender_of)
    times = [record.at for record in reading.records]
    return round(times[-1] - times[0], 3)


def stalled(*times: float) -> list[tuple[float, str, dict[str, Any]]]:
    events = [("recv", CREATED), ("send", ASKED), ("recv", BEGUN), ("send", CLEARED)]
    return [(time, *event) for time, event in zip(times, events, strict=True)]


@pytest.mark.parametrize(
    "field", ["t", "ts", "time", "timestamp", "at", "time_s", "seconds", "elapsed_s"]
)
def test_an_answer_in_a_fraction_of_a_unit_means_seconds(field: str) -> None:
    assert length(stalled(0.512, 0.634, 0.912, 45.004), field) == 44.492


def test_answers_that_nobody_would_wait_for_mean_milliseconds() -> None:
    assert length(stalled(512, 634, 912, 45_004)) == 44.492
    assert length(stalled(512.5, 634.1, 912.7, 45_004.5)) == 44.492


def test_a_name_decides_whatever_is_possible() -> None:
    assert length(stalled(0.512, 0.634, 0.912, 45.004), "t_ms") == 0.044


def test_one_slow_answer_in_fractions_is_slow() -> None:
    assert length(stalled(0.5, 0.6, 44.9, 45.0)) == 44.5


@pytest.mark.parametrize(("step", "seconds"), [(0.1, 2.0), (100, 2.0)])
def test_audio_takes_as_long_as_it_lasts(step: float, seconds: float) -> None:
    audio = base64.b64encode(bytes(4800)).decode()
    append = {"type": "input_audio_buffer.append", "audio": audio}
    rows = [(round(number * step, 3), "send", append) for number in range(21)]
    assert length(rows) == seconds
