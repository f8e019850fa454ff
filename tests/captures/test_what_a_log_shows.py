"""What a log can show: an end that is contradicted, a beginning that is lost, a whole log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rtdebug.api.diagnosing import diagnose_files
from rtdebug.model.findings import Severity
from rtdebug.model.results import Outcome, Run

HERE = Path(__file__).parent
HEALTHY = (HERE / "bystanders" / "healthy.log").read_text().splitlines()
RECORDING = HERE.parent / "recordings" / "openai-python-3.57.jsonl"


def runs(folder: Path, text: str, **more: Any) -> tuple[Run, ...]:
    log = folder / "app.log"
    log.write_text(text)
    return diagnose_files([str(log)], **more).runs


def loud(run: Run) -> list[str]:
    return [one.name for one in run.findings if one.severity is not Severity.INFO]


def own(*rows: dict[str, Any]) -> str:
    header = {
        "rtdebug_capture": 1,
        "started": "2026-01-01T00:00:00.000Z",
        "pack": "openai-realtime",
    }
    return "".join(json.dumps(row) + "\n" for row in (header, *rows))


CREATED = {"type": "session.created", "event_id": "e1", "session": {"id": "s"}}
BEGUN = {"type": "response.created", "event_id": "e2", "response": {"id": "r", "output": []}}
ITEM = {"id": "i", "type": "message", "role": "assistant", "content": []}
DONE = {
    "type": "response.done", "event_id": "e3",
    "response": {"id": "r", "status": "completed", "output": [ITEM]},
}  # fmt: skip


def test_a_close_that_more_follows_is_no_close(tmp_path: Path) -> None:
    text = (
        f"10:00:00.000 < {json.dumps(CREATED)}\n"
        '10:00:01.000 > {"type": "response.create"}\n'
        f"10:00:01.100 < {json.dumps(BEGUN)}\n"
        "10:00:07.000 closed by the client: code=1000\n"
        f"10:00:08.000 < {json.dumps(DONE)}\n"
    )
    (run,) = runs(tmp_path, text)
    assert loud(run) == []
    assert run.server == 3


def test_the_same_in_a_capture_of_ours(tmp_path: Path) -> None:
    text = own(
        {"at": 0.0, "opened": {"url": "ws://x/", "headers": [], "status": 101}},
        {"seq": 1, "at": 0.1, "from": "server", "event": CREATED},
        {"seq": 2, "at": 1.0, "from": "client", "event": {"type": "response.create"}},
        {"seq": 3, "at": 1.1, "from": "server", "event": BEGUN},
        {"at": 7.0, "closed": {"code": 1000, "reason": "", "by": "client"}},
        {"seq": 4, "at": 8.0, "from": "server", "event": DONE},
    )
    (run,) = runs(tmp_path, text)
    assert "close-mid-response" not in loud(run)
    assert not [name for name in loud(run) if "stalled" in name]


@pytest.mark.parametrize("first", range(1, len(HEALTHY)))
def test_nothing_before_a_late_beginning_is_missing(tmp_path: Path, first: int) -> None:
    for run in runs(tmp_path, "\n".join(HEALTHY[first:]) + "\n"):
        assert loud(run) == []


@pytest.mark.parametrize("lost", [1, 2, 5, 9, 14, 20, 30])
def test_nothing_before_a_capture_that_lost_its_beginning_is_missing(
    tmp_path: Path, lost: int
) -> None:
    header, *rows = RECORDING.read_text().splitlines()
    for run in runs(tmp_path, "\n".join([header, *rows[lost:]]) + "\n"):
        assert loud(run) == []


def test_of_a_log_without_server_lines_no_answer_is_missed(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, '>>> {"type":"response.create"}\n')
    assert loud(run) == []


def test_of_a_log_without_messages_no_greeting_is_missed(tmp_path: Path) -> None:
    text = (
        "20:11:03.120 open wss://api.openai.com/v1/realtime?model=gpt-realtime\n"
        "20:11:03.402 session ready\n"
        "20:19:41.880 receive failed: Connection reset by peer\n"
    )
    for run in runs(tmp_path, text):
        assert "no-session-created" not in [one.name for one in run.findings]


def parts_left_out() -> str:
    return "\n".join(line for line in HEALTHY if "content_part.done" not in line) + "\n"


def test_what_is_taken_of_a_log_can_be_overruled(tmp_path: Path) -> None:
    (taken,) = runs(tmp_path, parts_left_out())
    (whole,) = runs(tmp_path, parts_left_out(), whole=True)
    assert loud(taken) == []
    assert "content-part-unbalanced" in loud(whole)
    (partial,) = runs(tmp_path, "\n".join(HEALTHY) + "\n", whole=False)
    assert loud(partial) == []


def test_a_whole_log_misses_what_it_would_show(tmp_path: Path) -> None:
    second = [
        line.replace("resp_1", "resp_2")
        .replace("item_2", "item_9")
        .replace(': "event_', ': "event_9')
        for line in HEALTHY[6:]
        if "content_part.done" not in line
    ]
    later = [line.replace("10:00:0", "10:00:1") for line in second]
    (run,) = runs(tmp_path, "\n".join([*HEALTHY, *later]) + "\n")
    assert "content-part-unbalanced" in loud(run)


def test_coverage_says_what_was_judged_and_what_not(tmp_path: Path) -> None:
    odd = [f"10:00:0{number} ffq zz9 response.output_audio.delta kx blob" for number in range(3)]
    (run,) = runs(tmp_path, "\n".join([*HEALTHY, *odd]) + "\n")
    assert (run.coverage.judged, run.coverage.unknown, run.coverage.unread) == (17, 0, 3)
    assert run.coverage.first_unread == odd[0]
    assert run.outcome is not Outcome.EMPTY
    (run,) = runs(tmp_path, "\n".join([*HEALTHY[:2], *odd]) + "\n")
    assert run.outcome is Outcome.EMPTY
    (run,) = runs(tmp_path, json.dumps(CREATED) + '\n{"type":"x.y","event_id":"e"}\n')
    assert (run.coverage.judged, run.coverage.unknown) == (1, 1)
