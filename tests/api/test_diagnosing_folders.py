"""A folder stands for the captures in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtdebug.api.diagnosing import diagnose_files
from rtdebug.errors import UnreadableError

CAPTURE = (
    b'{"rtdebug_capture":1,"pack":"openai-realtime"}\n'
    b'{"seq":1,"at":0.1,"from":"server","event":{"type":"error","event_id":"e",'
    b'"error":{"type":"server_error","message":"it broke"}}}\n'
)


def test_all_captures_of_a_folder_are_judged_in_order(tmp_path: Path) -> None:
    for name in ("b.jsonl", "inner/a.jsonl", "a.jsonl", "a.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(CAPTURE)
    report = diagnose_files([str(tmp_path)])
    assert [run.name for run in report.runs] == [
        str(tmp_path / name) for name in ("a.jsonl", "b.jsonl", "inner/a.jsonl")
    ]


def test_a_folder_without_captures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="a folder without captures"):
        diagnose_files([str(tmp_path)])
