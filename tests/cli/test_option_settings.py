"""Settings beside the command line: which goes first, and that a misspelt one is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from calling import Call

BAD = "rtdebug: 1\nname: Bad\nsteps:\n  - expect: error\n    within: 50ms\n"
KEY = """\
rtdebug: 1
target: {url: mock, headers: {Authorization: "Bearer ${env.SOME_API_KEY}"}}
steps:
  - expect: session.created
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text(BAD)
    return tmp_path


def test_flags_go_before_the_environment_and_that_before_files(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "pyproject.toml").write_text(
        "[tool.rtdebug]\nquiet = true\n[tool.rtdebug.run]\nrepeat = 2\n"
    )
    assert "2 failed" in call("run", "bad.yaml").out
    monkeypatch.setenv("RTDEBUG_REPEAT", "3")
    assert "3 failed" in call("run", "bad.yaml").out
    assert "1 failed" in call("run", "bad.yaml", "--repeat", "1").out
    (folder / "rtdebug.toml").write_text('report = ["junit=a.xml", "json=b.json"]\n')
    assert call("run", "bad.yaml").code == 1
    assert (folder / "a.xml").exists()
    assert (folder / "b.json").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("reprot = 'json'\n", "no command has an option --reprot"),
        ("[run]\njosb = 3\n", "rtdebug run has no option --josb"),
        ("run = 3\n[run\n", "cannot be read"),
        ("[run]\njobs = 0\n", "expected a whole number from 1 to 100"),
    ],
)
def test_what_would_set_nothing_is_told(call: Call, folder: Path, text: str, words: str) -> None:
    (folder / "rtdebug.toml").write_text(text)
    called = call("run", "bad.yaml")
    assert (called.code, called.out) == (2, "")
    assert words in called.err


def test_a_key_comes_from_a_file_and_is_never_told(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    (folder / "key.yaml").write_text(KEY)
    (folder / ".env").write_text("# keys\nexport SOME_API_KEY='planted-0123456789-secret'\n\n")
    called = call("run", "key.yaml", "--env-file", ".env", "--capture", "c.jsonl")
    assert called.code == 0, called.err
    assert "planted" not in called.out + called.err + (folder / "c.jsonl").read_text()
    (folder / ".env").write_text("planted-0123456789-secret\n")
    called = call("run", "key.yaml", "--env-file", ".env")
    assert called.code == 2
    assert ".env:1: expected NAME=VALUE" in called.err
    assert "planted" not in called.err
