"""The JSON twins of the YAML that ships say the same, and are left aside where they do not."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
import yaml

from rtdebug import resources
from rtdebug.packs import yaml_data

FILES = sorted((*resources.schemas().glob("*.yaml"), *resources.schemas().glob("*/*.yaml")))


def twin_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_twin_says_what_its_file_says(path: Path, tmp_path: Path) -> None:
    (tmp_path / path.name).write_bytes(path.read_bytes())
    yaml_data.write_twins(tmp_path)
    advice = "python -m rtdebug.packs.yaml_data makes it anew"
    assert twin_of(path).read_bytes() == twin_of(tmp_path / path.name).read_bytes(), advice


def test_no_yaml_is_read_while_the_twin_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one.yaml").write_text("a: [1, {2: x}]\n")
    yaml_data.write_twins(tmp_path)
    monkeypatch.delattr(yaml, "load")
    assert yaml_data.read_yaml(tmp_path / "one.yaml") == {"a": [1, {"2": "x"}]}


@pytest.mark.parametrize("twin", [None, b"", b"{}", b"\xff", orjson.dumps({"of": 1, "value": 2})])
def test_a_twin_that_does_not_fit_is_left_aside(tmp_path: Path, twin: bytes | None) -> None:
    (tmp_path / "one.yaml").write_text("a: {1: 2}\n")
    if twin is not None:
        twin_of(tmp_path / "one.yaml").write_bytes(twin)
    assert yaml_data.read_yaml(tmp_path / "one.yaml") == {"a": {"1": 2}}
