"""Reads the YAML that ships inside a pack: trusted, so without the guard people's files need.

YAML is what people edit. Beside each file lies a JSON twin that is read in its place, seventy times
as fast, as long as it was made of this very text; ``python -m rtdebug.packs.yaml_data`` makes all
of them anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


def read_yaml(path: Path) -> Any:
    """The value of a YAML file. Keys are text, also where the file has numbers."""
    text = path.read_bytes()
    try:
        twin = orjson.loads(_twin(path).read_bytes())
    except (OSError, ValueError):
        twin = {}
    return twin["value"] if twin.get("of") == crc32(text) else _parsed(text)


def _twin(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _parsed(text: bytes) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return orjson.loads(orjson.dumps(yaml.load(text, loader), option=orjson.OPT_NON_STR_KEYS))


def base_folder(folder: Path, name: str) -> Path:
    """The folder of a pack that another extends: beside it, or one that ships."""
    from rtdebug import resources

    beside = folder.resolve().parent / name
    return beside if beside.is_dir() else resources.schemas(name)


def write_twins(folder: Path) -> None:
    """Makes the twins of all YAML files in and right below a folder."""
    for path in (*folder.glob("*.yaml"), *folder.glob("*/*.yaml")):
        text = path.read_bytes()
        twin = {"of": crc32(text), "value": _parsed(text)}
        _twin(path).write_bytes(orjson.dumps(twin, option=orjson.OPT_APPEND_NEWLINE))


def seconds(text: str) -> float:
    """A duration of a pack (``250ms``, ``5s``, ``2m``) in seconds."""
    match = re.fullmatch(r"([\d.]+)(ms|s|m)", text)
    if match is None:
        raise ValueError(f"expected a duration such as 5s, found {text!r}")
    return float(match[1]) * _UNITS[match[2]]


if __name__ == "__main__":
    from rtdebug import resources

    write_twins(resources.schemas())
