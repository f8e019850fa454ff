"""The JSON twins of the YAML that ships say the same, and are left aside where they do not."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
import yaml

from rtdebug import resources
from rtdebug.packs import twins, yaml_data

FILES = sorted((*resources.schemas().glob("*.yaml"), *resources.schemas().glob("*/*.yaml")))


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that ships; its twin is kept in made/."""
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    monkeypatch.setattr(resources, "installed", lambda: False)
    monkeypatch.setattr(resources, "schemas", schemas.joinpath)
    monkeypatch.setattr(resources, "compiled", lambda name: tmp_path / "made" / name)
    path = schemas / "one.yaml"
    path.write_text("a: {1: [2, {3: x}]}\n")
    return path


VALUE = {"a": {"1": [2, {"3": "x"}]}}


def kept(shipped: Path) -> Path:
    return shipped.parents[1] / "made" / "schemas" / "one.yaml.json"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_is_read_is_what_the_file_says(path: Path) -> None:
    value = twins.parsed(path.read_bytes())
    assert yaml_data.read_yaml(path) == yaml_data.read_yaml(path) == value


def test_no_yaml_is_read_while_the_twin_fits(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert yaml_data.read_yaml(shipped) == VALUE
    monkeypatch.delattr(yaml, "load")
    assert yaml_data.read_yaml(shipped) == VALUE


@pytest.mark.parametrize("twin", [b"", b"{}", b"\xff", orjson.dumps({"of": 1, "value": 2})])
def test_a_twin_that_does_not_fit_is_made_anew(shipped: Path, twin: bytes) -> None:
    kept(shipped).parent.mkdir(parents=True)
    kept(shipped).write_bytes(twin)
    assert yaml_data.read_yaml(shipped) == VALUE
    assert orjson.loads(kept(shipped).read_bytes())["value"] == VALUE


def test_nothing_is_written_in_an_installation(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "installed", lambda: True)
    assert yaml_data.read_yaml(shipped) == VALUE
    assert not kept(shipped).exists()


def test_a_file_of_somebody_has_no_twin(shipped: Path, tmp_path: Path) -> None:
    own = tmp_path / "pack.yaml"
    own.write_text("a: 1\n")
    assert yaml_data.read_yaml(own) == {"a": 1}
    assert not (tmp_path / "made").exists()


def test_the_build_makes_a_twin_of_each_file(shipped: Path, tmp_path: Path) -> None:
    made = twins.write_all(shipped.parent, tmp_path / "built")
    assert made == {tmp_path / "built" / "one.yaml.json": "one.yaml.json"}
    assert orjson.loads((tmp_path / "built" / "one.yaml.json").read_bytes())["value"] == VALUE
