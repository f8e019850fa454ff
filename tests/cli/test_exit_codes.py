"""Exit codes: one meaning each, the most severe wins, and programs are told why as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from calling import Call, process

from rtdebug.cli import app

UNHEARD = "no-session/no-session-created"
REFUSED = "no-session/handshake-401-unauthorized"
BROKEN = "gallery/item-not-found"
NOWHERE = "ws://127.0.0.1:1/v1/realtime?model=gpt-realtime"


@pytest.fixture
def crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.COMMANDS, "crash", ("crashing", "Ends badly."))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["run", "text-turn"], 0),
        (["run", BROKEN], 1),
        (["run", "text-turn", "nowhere-at-all"], 2),
        (["run", REFUSED], 3),
        (["run", "text-turn", "--url", NOWHERE], 3),
        (["run", UNHEARD], 4),
        (["run", "text-turn", BROKEN, UNHEARD, REFUSED, "--jobs", "4"], 3),
        (["run", "text-turn", BROKEN, UNHEARD, "--jobs", "3"], 4),
        (["run", "text-turn", BROKEN, "--jobs", "2"], 1),
        (["check", "gallery", "no-session", "openai-realtime"], 0),
        (["explain", "close-mid-response"], 0),
        (["rules"], 0),
        (["packs"], 0),
    ],
)
def test_the_most_severe_code_wins(call: Call, arguments: list[str], code: int) -> None:
    assert call(*arguments).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 4),
        ("dear all,\nit does not work\n", 4),
        ('{"hello": 1}', 4),
        ("HTTP 401\nserver rejected WebSocket connection: HTTP 401", 1),
        ('{"type":"error","error":{"type":"server_error","message":"oh"}}', 1),
        ("it waits for events\nerror receiving: unknown server event type: session.made", 1),
    ],
)
def test_a_log_without_anything_to_judge_is_no_pass(
    call: Call, tmp_path: Path, text: str, code: int
) -> None:
    (tmp_path / "a.log").write_text(text)
    assert call("diagnose", tmp_path / "a.log").code == code


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("never", 0)])
def test_fail_on_says_which_findings_count(
    call: Call, tmp_path: Path, fail_on: str, code: int
) -> None:
    capture = tmp_path / "a.jsonl"
    call("run", BROKEN, "--capture", capture)
    called = call("diagnose", capture, "--fail-on", fail_on)
    assert "item-not-found" in called.out  # reported all the same
    assert called.code == code


def test_a_failed_step_counts_whatever_fail_on_says(call: Call) -> None:
    assert call("run", BROKEN, "--fail-on", "never").code == 1


def test_an_ignored_finding_does_not_count_and_is_named(call: Call, tmp_path: Path) -> None:
    capture = tmp_path / "a.jsonl"
    call("run", "stalled-after-created", "--capture", capture)
    called = call("diagnose", capture, "--ignore", "response-*")
    assert called.code == 0
    assert "response-stalled-after-created" not in called.out
    assert "ignored: response-*" in called.out


@pytest.mark.usefixtures("crash")
def test_a_bug_is_told_in_one_line_without_secrets(call: Call) -> None:
    called = call("crash", "bug")
    assert called.code == 70
    assert called.out == ""
    assert "ValueError at " in called.err
    assert "please report" in called.err
    assert "planted" not in called.err
    assert "Traceback" not in called.err


@pytest.mark.usefixtures("crash")
def test_a_traceback_is_shown_when_asked_for(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RTDEBUG_TRACEBACK", "1")
    called = call("crash", "bug")
    assert called.code == 70
    assert "Traceback" in called.err
    assert "planted" not in called.err


@pytest.mark.usefixtures("crash")
@pytest.mark.parametrize("how", ["interrupt", "cancel"])
def test_an_interruption_is_130(call: Call, how: str) -> None:
    assert call("crash", how).code == 130


@pytest.mark.usefixtures("crash")
@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["run", "nowhere-at-all"], 2, "unreadable"),
        (["run", "text-turn", "--frobnicate"], 2, "usage"),
        (["run", "text-turn", "--jobs", "0"], 2, "usage"),
        (["run"], 2, "usage"),
        (["frobnicate"], 2, "usage"),
        (["run", "broken.yaml"], 2, "invalid-document"),
        (["diagnose", "nowhere.log"], 2, "unreadable"),
        (["run", REFUSED], 3, "no-session"),
        (["run", "text-turn", "--url", NOWHERE], 3, "no-session"),
        (["crash", "bug"], 70, "internal-error"),
    ],
)
def test_programs_get_the_error_as_one_json_object(
    call: Call,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    error: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.yaml").write_text("rtdebug: 1\nsteps: [{expect: 3}]\n")
    called = call(*arguments, "--report", "json")
    assert called.code == code
    lines = [line for line in called.err.splitlines() if line.startswith('{"error"')]
    assert len(lines) == 1
    told = json.loads(lines[0])["error"]
    assert told["code"] == error
    assert told["message"]
    assert told["hint"]
    if code == 3:
        assert json.loads(called.out)["exit_code"] == 3
    else:
        assert called.out == ""
        assert called.err.splitlines() == lines


def test_the_process_exits_with_the_code(tmp_path: Path) -> None:
    assert process("run", "nowhere-at-all").code == 2
    assert process("diagnose", "-").code == 4
    assert process("explain", "item-not-found").code == 0
