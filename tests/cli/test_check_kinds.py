"""``check`` of what is no scenario: mock scripts, packs, and keys that stand in a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from calling import ROOT, Call

GOOD = "rtdebug: 1\nsteps:\n  - expect: session.created\n"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("reply: {text: hi}\nstall: {after: response.created}\n", 0, "1 file checked, nothing wrong"),
        ("reply: {text: hi}\nstall: {after: response.creatd}\n", 2, ":2:16: error: the mock sends no 'response.creatd'"),
        (GOOD, 0, "1 file checked, nothing wrong"),
        ('target: {headers: {Authorization: "Bearer sk-planted-0123456789abcdefghij"}}\n' + GOOD, 0,
         ":1:1: warning: a key stands here as it is"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file(
    call: Call, tmp_path: Path, text: str, code: int, words: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    called = call("check", path)
    assert called.code == code
    assert words in called.out
    assert "planted" not in called.out


def test_a_pack_is_checked(call: Call, tmp_path: Path) -> None:
    assert call("check", ROOT / "schemas" / "openai-realtime").code == 0
    (tmp_path / "pack.yaml").write_text("pack: mine\nopens: nothing\n")
    called = call("check", tmp_path)
    assert called.code == 2
    assert "pack.yaml:" in called.out


def test_shipped_scenarios_hold_no_key(call: Call) -> None:
    called = call("check", ROOT / "scenarios")
    assert called.code == 0
    assert "warning" not in called.out
