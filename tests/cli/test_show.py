"""rtdebug show, and what is kept of a run."""

from __future__ import annotations

import json
import signal
import stat
from pathlib import Path

import pytest
from calling import Call, process
from tailing import app, mock, proxy, text_turn

from rtdebug.api import run_folder


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("RTDEBUG_KEEP", "1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "rtdebug" / "runs"


def test_a_failure_is_kept_with_its_capture_and_shown_again(call: Call, kept: Path) -> None:
    first = call("run", "stalled-after-created", "--report", "json")
    shown = call("show", "--report", "json")
    assert (first.code, shown.code) == (1, 1)
    assert json.loads(shown.out) == json.loads(first.out)
    (folder,) = kept.iterdir()
    assert f"run {folder.name}: rtdebug " in shown.err
    capture = folder / "stalled-after-created.jsonl"
    assert f"captured in {capture}" in shown.err
    again = json.loads(call("show", capture, "--report", "json").out)
    assert [one["name"] for one in again["runs"][0]["findings"]] == [
        one["name"] for one in json.loads(first.out)["runs"][0]["findings"]
    ]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (kept, folder)}
    assert modes == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_what_went_well_is_kept_without_a_capture(call: Call, kept: Path) -> None:
    call("run", "text-turn")
    (folder,) = kept.iterdir()
    assert [path.name for path in folder.iterdir()] == ["report.json"]
    assert call("show", folder.name).code == 0
    assert folder.name in call("show", "--list").out


def test_nothing_is_kept_where_that_is_not_wanted(call: Call, kept: Path) -> None:
    call("run", "text-turn", "--no-keep")
    assert not kept.exists()
    called = call("show")
    assert called.code == 2
    assert "no run has been kept yet" in called.err


def test_a_place_that_cannot_be_had_ends_no_run(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "rtdebug").write_text("a file")
    monkeypatch.setenv("RTDEBUG_KEEP", "1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert call("run", "text-turn").code == 0


def test_only_the_last_runs_are_kept(
    call: Call, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_folder, "MOST", 2)
    for _ in range(4):
        call("run", "text-turn")
    assert len(list(kept.iterdir())) == 2
    assert call("show", "nothing-of-the-kind").code == 2


def test_a_proxy_keeps_the_captures_of_connections_that_went_wrong(kept: Path) -> None:
    with mock() as url, proxy(url) as tail:
        with app(tail.url) as good:
            text_turn(good)
        with app(tail.url) as bad:
            bad.recv()
            bad.send('{"type": "response.creat"}')
            bad.recv()
        assert tail.end(signal.SIGINT).code == 1
    (folder,) = kept.iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["conn-0002.jsonl", "report.json"]
    replayed = process("diagnose", folder / "conn-0002.jsonl")
    assert replayed.code == 1


def test_secrets_are_kept_nowhere(call: Call, kept: Path) -> None:
    secret = "sk-planted-canary-0123456789abcdef"
    call("run", "stalled-after-created", "--header", f"Authorization: Bearer {secret}")
    text = "".join(path.read_text() for path in kept.rglob("*") if path.is_file())
    assert "stalled" in text
    assert "canary" not in text
