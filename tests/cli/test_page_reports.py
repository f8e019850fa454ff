"""--report html of the commands that have it: the page holds what the command saw, masked."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from calling import Call, process

ROOT = Path(__file__).parent.parent.parent
RECORDING = ROOT / "tests" / "recordings" / "openai-python-3.57.jsonl"
SECRET = "sk-proj-CANARY0123456789abcdefghijklmnop"


def page(file: Path) -> Any:
    """The data of a page."""
    found = re.search(
        '<script type="application/json" id="data">(.*?)</script>', file.read_text("utf-8"), re.S
    )
    assert found is not None
    return json.loads(found[1])


def test_of_a_run(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    assert call("run", "text-turn", "stalled-after-created", "--report", f"html={file}").code == 1
    good, bad = page(file)["runs"]
    assert (good["run"]["outcome"], bad["run"]["outcome"]) == ("passed", "failed")
    assert bad["run"]["findings"][0]["name"] == "response-stalled-after-created"
    assert [turn["how"] for turn in good["messages"]["turns"]] == ["completed"]
    assert all(len(row) > 6 for row in good["messages"]["rows"] if row[0] is not None)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_of_a_log(call: Call, tmp_path: Path) -> None:
    """As many rows as messages: none of them is passed by because nothing is wrong with it."""
    file = tmp_path / "page.html"
    call("diagnose", RECORDING, "--report", f"html={file}")
    (entry,) = page(file)["runs"]
    seen = entry["run"]["events"]
    numbered = [row for row in entry["messages"]["rows"] if row[0] is not None]
    assert len(numbered) == seen["client"] + seen["server"]


@pytest.mark.parametrize("tail", [False, True])
def test_a_log_gives_the_findings_it_gives_without(call: Call, tmp_path: Path, tail: bool) -> None:
    file, command = tmp_path / "page.html", "tail" if tail else "diagnose"
    told = tmp_path / "told.json"
    call(command, RECORDING, "--report", f"html={file}", "--report", f"json={told}")
    alone = tmp_path / "alone.json"
    call(command, RECORDING, "--report", f"json={alone}")
    one, other = (json.loads(path.read_text("utf-8"))["runs"] for path in (told, alone))
    assert one == other
    assert page(file)["runs"][0]["run"]["findings"] == other[0]["findings"]


def test_of_a_watch(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    line = json.dumps(
        {"type": "session.update", "session": {"type": "realtime", "instructions": f"key {SECRET}"}}
    )
    process(
        "tail", "mock", "--timeout", "300ms", "--report", f"html={file}", stdin=f"{line}\n".encode()
    )
    (entry,) = page(file)["runs"]
    types = [entry["messages"]["strings"][row[3][0]] for row in entry["messages"]["rows"]]
    assert {"session.created", "session.update", "session.updated"} <= set(types)
    assert "CANARY" not in file.read_text("utf-8")


def test_a_page_that_cannot_be_written_is_told_before_anything_is_played(
    call: Call, tmp_path: Path
) -> None:
    told = call("run", "text-turn", "--report", f"html={tmp_path}/none/page.html")
    assert told.code == 2
    assert "there is no folder" in told.err


def test_a_browser_may_look_on(tmp_path: Path) -> None:
    told = process("tail", RECORDING, "--web", "--report", f"html={tmp_path}/page.html")
    assert re.search(r"look on at http://127\.0\.0\.1:\d+/\?token=[\w-]{32}\n", told.err)
    assert told.code == process("tail", RECORDING).code
    assert page(tmp_path / "page.html")["runs"]


def test_sound_needs_a_page(call: Call) -> None:
    told = call("run", "text-turn", "--embed-audio")
    assert told.code == 2
    assert "--embed-audio: there is no page to put it in" in told.err


def test_sound_is_on_the_page_only_where_it_was_asked_for(call: Call, tmp_path: Path) -> None:
    silent, sounding = tmp_path / "silent.html", tmp_path / "sounding.html"
    call("run", "audio-turn-vad", "--report", f"html={silent}")
    call("run", "audio-turn-vad", "--report", f"html={sounding}", "--embed-audio")
    sides = [page(file)["runs"][0]["messages"]["sound"]["client"] for file in (silent, sounding)]
    assert "recording" not in sides[0]
    assert sides[1]["recording"]["stretches"]
