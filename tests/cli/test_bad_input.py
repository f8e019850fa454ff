"""Bad input is answered in a line or two: where, what was expected, what was seen, what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from calling import Call

DATA = yaml.safe_load((Path(__file__).parent / "bad_input.yaml").read_text(encoding="utf-8"))
CASES = DATA["cases"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in DATA["files"].items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case["args"])[:60])
def test_bad_input_is_refused_with_what_to_do(
    call: Call, folder: Path, case: dict[str, Any]
) -> None:
    before = sorted(folder.rglob("*"))
    called = call(*case["args"])
    assert called.code == 2
    told, other = (called.out, called.err) if case.get("where") else (called.err, called.out)
    assert other == ""
    for piece in case["says"]:
        assert piece in told
    assert '"hint": "' in told if case.get("json") else "   = help: " in told
    assert "Traceback" not in told
    assert "\x1b" not in told
    assert sorted(folder.rglob("*")) == before, "nothing is written for input that is refused"


def test_bytes_that_are_no_text_are_refused_at_their_place(call: Call, folder: Path) -> None:
    (folder / "bytes.yaml").write_bytes(b"rtdebug: 1\nname: \xff\xfe\n")
    called = call("run", "bytes.yaml")
    assert called.code == 2
    assert "bytes.yaml:2:7: error: byte 0xff is not UTF-8" in called.err


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0", bytes(range(256)), b"\x7fELF\2\1\0"])
def test_a_binary_file_is_told_in_one_line(call: Call, folder: Path, data: bytes) -> None:
    (folder / "turn.yaml").write_bytes(data)
    called = call("run", "turn.yaml")
    assert called.code == 2
    assert called.err.startswith("error: turn.yaml: expected a scenario in YAML, found binary data")


def test_text_in_another_encoding_is_no_binary(call: Call, folder: Path) -> None:
    (folder / "turn.yaml").write_bytes("# Prüfung\nrtdebug: 1\n".encode("latin-1"))
    assert "turn.yaml:1:5: error: byte 0xfc is not UTF-8" in call("run", "turn.yaml").err
    (folder / "turn.yaml").write_bytes("rtdebug: 1\n".encode("utf-16"))
    assert "save the file as UTF-8" in call("run", "turn.yaml").err


def test_what_a_file_says_cannot_act_on_the_terminal(call: Call, folder: Path) -> None:
    name = "e\x1b[31mvil\u202e.yaml"
    (folder / name).write_text('rtdebug: 1\nsteps:\n  - expect: "x\\e]0;title\\a"\n')
    told = call("run", name).err
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "\\x1b[31mvil" in told
