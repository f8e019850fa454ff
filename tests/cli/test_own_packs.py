"""A pack of one's own: a folder given with --pack judges like one that ships."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from calling import Call, findings

from rtdebug import resources


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a pack whose error table only extends the one that ships."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(resources.schemas("openai-realtime"), tmp_path / "mine")
    (tmp_path / "mine" / "errors.yaml").write_text("extends: openai-realtime\n")
    return tmp_path / "mine"


def test_a_scenario_plays_by_a_pack_in_a_folder(call: Call, pack: Path) -> None:
    called = call("run", "text-turn", "--pack", pack, "--report", "json")
    assert called.code == 0
    assert json.loads(called.out)["runs"][0]["pack"] == str(pack)


def test_its_own_schemas_count(call: Call, pack: Path) -> None:
    path = pack / "client" / "response.create.json"
    schema = json.loads(path.read_text())
    path.write_text(json.dumps({**schema, "required": ["type", "event_id"]}))
    called = call("check", "text-turn", "--pack", pack)
    assert called.code == 2
    assert "response.create: /event_id: expected" in called.out


def test_it_may_extend_an_error_table_that_ships(call: Call, pack: Path) -> None:
    called = call("run", "item-not-found", "--pack", pack, "--report", "json")
    assert findings(json.loads(called.out)) == ["item-not-found"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("pack: mine\n", "mine/pack.yaml:1:1: error: title is missing"),
        ("[1]\n", "mine/pack.yaml:1:1: error: expected the rows of a pack"),
        ("a: b: c\n", "mine/pack.yaml:1:5: error: not YAML"),
    ],
)
def test_a_broken_one_is_told(call: Call, pack: Path, text: str, says: str) -> None:
    (pack / "pack.yaml").write_text(text)
    called = call("run", "text-turn", "--pack", pack)
    assert called.code == 2
    assert says in called.err
    assert "= help: " in called.err


def test_a_scenario_names_a_pack_by_its_folder(call: Call, pack: Path) -> None:
    pack.rename("own")  # another name: what is read is remembered by its path
    Path("a.yaml").write_text("rtdebug: 1\npack: ./own\nsteps:\n  - expect: session.created\n")
    assert call("run", "a.yaml").code == 0
    Path("b.yaml").write_text("rtdebug: 1\npack: ./mne\nsteps:\n  - expect: session.created\n")
    called = call("run", "b.yaml")
    assert called.code == 2
    assert "b.yaml:2:7: error: './mne/pack.yaml': no such file" in called.err
