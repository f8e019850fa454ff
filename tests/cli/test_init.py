"""``init`` and the files for CI: what it writes plays, nothing is overwritten, and what others read
(workflows, the action, the hook) says what the command line knows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from calling import ROOT, Call

from rtdebug.cli.run import command as run_command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_it_writes_is_checked_and_passes(call: Call, folder: Path) -> None:
    called = call("init")
    assert called.code == 0
    assert called.out.splitlines()[-1] == "next: rtdebug run scenarios"
    assert call("check", "scenarios").code == 0
    assert call("run", "scenarios").code == 0


def test_nothing_is_overwritten(call: Call, folder: Path) -> None:
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "first-turn.yaml").write_text("mine\n")
    called = call("init")
    assert called.code == 2
    assert "nothing is overwritten" in called.err
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["first-turn.yaml"]


@pytest.mark.parametrize(
    ("ci", "path"),
    [("github", ".github/workflows/rtdebug.yml"), ("gitlab", "rtdebug.gitlab-ci.yml")],
)
def test_a_workflow_calls_what_there_is(call: Call, folder: Path, ci: str, path: str) -> None:
    """Its line passes as it stands, in the folder it was made for."""
    assert call("init", "tests/flows", "--ci", ci).code == 0
    text = (folder / path).read_text("utf-8")
    assert yaml.safe_load(text)
    (line,) = re.findall(r"rtdebug run [^\n]*\n[^\n]*", text)
    assert call(*shlex.split(line)[1:]).code == 0
    assert (folder / "rtdebug.xml").exists()


def test_the_action_calls_what_there_is() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    script = action["runs"]["steps"][-1]["run"]
    known = {option for parameter in run_command.params for option in parameter.opts}
    assert set(re.findall(r"--[a-z-]+", script)) <= known
    # What is given from outside reaches a script by its environment alone.
    assert not [step for step in action["runs"]["steps"] if "${{" in step.get("run", "")]


def test_the_hook_is_one() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert {"id", "name", "entry", "language"} <= set(hook)
    assert hook["entry"] == "rtdebug check"
