"""Streams: stdout belongs to programs when they ask for it, colours follow the customs, and pipes
that end, terminals that cannot and characters that do not exist are no trouble."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from calling import Call, command, environment, process

CANCELLED = "gallery/item-not-found"
ESCAPE = "\x1b["


def test_json_on_stdout_is_json_and_nothing_else(call: Call) -> None:
    called = call("run", "text-turn", CANCELLED, "--report", "json", "--verbose")
    report = json.loads(called.out)
    assert (report["exit_code"], called.code) == (1, 1)
    assert len(report["runs"]) == 2
    assert "1 passed, 1 failed" in called.err


def test_junit_on_stdout_is_xml_and_nothing_else(call: Call) -> None:
    called = call("run", "text-turn", "--report", "junit")
    assert ElementTree.fromstring(called.out).get("failures") == "0"
    assert "1 passed" in called.err


def test_a_dash_means_stdout(call: Call) -> None:
    assert json.loads(call("run", "text-turn", "--report", "json=-").out)["outcome"] == "passed"


def test_reports_go_to_files_and_people_read_stdout(call: Call, tmp_path: Path) -> None:
    files = {name: tmp_path / f"out.{name}" for name in ("json", "junit", "terminal")}
    options = [part for name, path in files.items() for part in ("--report", f"{name}={path}")]
    called = call("run", CANCELLED, *options)
    assert called.err == ""
    assert "item-not-found" in called.out
    assert json.loads(files["json"].read_text())["exit_code"] == 1
    assert ElementTree.parse(files["junit"]).getroot().get("failures") != "0"
    assert "item-not-found" in files["terminal"].read_text()


def test_quiet_says_nothing_of_what_is_good(call: Call) -> None:
    assert call("run", "text-turn", "--quiet") == (0, "", "")


def test_verbose_shows_the_steps_of_what_is_good(call: Call) -> None:
    assert "expect session.created" in call("run", "text-turn", "--verbose").out


@pytest.mark.parametrize(
    ("env", "option", "colored"),
    [
        ({}, "auto", False),
        ({}, "always", True),
        ({}, "never", False),
        ({"NO_COLOR": "1"}, "auto", False),
        ({"NO_COLOR": "1"}, "always", True),
        ({"NO_COLOR": ""}, "auto", False),
        ({"FORCE_COLOR": "1"}, "auto", True),
        ({"FORCE_COLOR": "1"}, "never", False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "auto", False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, "auto", True),
    ],
)
@pytest.mark.parametrize("name", ["text-turn", CANCELLED])
def test_colour_in_a_pipe(
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    env: dict[str, str],
    option: str,
    colored: bool,
) -> None:
    for variable, value in env.items():
        monkeypatch.setenv(variable, value)
    called = call("run", name, "--color", option)
    assert (ESCAPE in called.out) is colored
    assert called.err == ""


@pytest.mark.parametrize(
    ("env", "colored"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
    ],
)
def test_colour_on_a_terminal(env: dict[str, str], colored: bool) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command("run", CANCELLED), stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
        env=environment(**env),
    ) as running:  # fmt: skip
        os.close(theirs)
        seen = _everything(ours)
        assert running.wait(20) == 1
    assert b"item-not-found" in seen
    assert (ESCAPE.encode() in seen) is colored


def _everything(descriptor: int) -> bytes:
    seen = b""
    try:
        while block := os.read(descriptor, 1 << 16):
            seen += block
    except OSError:  # how Linux says that the other end of a terminal has gone
        pass
    finally:
        os.close(descriptor)
    return seen


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_screen_without_unicode_is_drawn_in_ascii(encoding: str) -> None:
    called = process("run", CANCELLED, PYTHONIOENCODING=encoding)
    assert called.code == 1
    assert called.out.isascii()
    assert "item-not-found" in called.out


def test_a_json_report_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text('{"type":"error","error":{"type":"server_error","message":"größer ☃"}}\n')
    called = process("diagnose", log, "--report", "json", PYTHONIOENCODING="ascii")
    assert called.code == 1
    assert "größer ☃" in json.loads(called.out)["runs"][0]["timeline"][0]["summary"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["rules"], 0), (["--help"], 0), (["run", "--help"], 0), (["run", CANCELLED], 1)],
)
@pytest.mark.parametrize("shell", ["{0} | true", "{0} >&-"])
def test_a_reader_that_has_gone_does_not_change_the_verdict(
    arguments: list[str], code: int, shell: str
) -> None:
    line = shell.format(" ".join(command(*arguments)))
    done = subprocess.run(
        ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"],
        env=environment(), capture_output=True, timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert done.stderr == b""


def test_a_reader_that_has_gone_still_leaves_the_report(tmp_path: Path) -> None:
    report = tmp_path / "out.json"
    line = " ".join(command("run", CANCELLED, "--report", f"json={report}"))
    subprocess.run(["bash", "-c", f"{line} | true"], env=environment(), timeout=20, check=True)
    assert json.loads(report.read_text())["exit_code"] == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [["rules"], ["--help"], ["run", "--help"], ["packs"]])
def test_a_full_disk_is_told(arguments: list[str]) -> None:
    line = " ".join(command(*arguments))
    done = subprocess.run(
        ["bash", "-c", f"{line} >/dev/full"], env=environment(), capture_output=True, timeout=20,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert b"the standard output cannot be written: No space left" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_log_comes_from_stdin() -> None:
    called = process("diagnose", "-", stdin=b"HTTP 401 while connecting to wss://host/v1\n")
    assert called.code == 1
    assert "handshake-401-unauthorized" in called.out


def test_a_closed_stdin_is_told() -> None:
    line = " ".join(command("diagnose", "-"))
    done = subprocess.run(
        ["bash", "-c", f"{line} <&-"], env=environment(), capture_output=True, timeout=20,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert b"stdin is closed" in done.stderr


def test_no_line_of_a_report_can_command_a_pipeline(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    event = {"type": "error", "error": {"type": "server_error", "message": "\n::error::x\n##[x]"}}
    (tmp_path / "a.jsonl").write_text(json.dumps(event) + "\n")
    for form in ("terminal", "json", "junit"):
        called = call("diagnose", tmp_path / "a.jsonl", "--report", form)
        lines = (called.out + called.err).splitlines()
        assert [one for one in lines if one.lstrip().startswith("::") or "##[" in one] == []
