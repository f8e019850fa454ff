"""Reads the YAML that ships inside a pack: trusted, so without the guard people's files need.

YAML is what people edit. A JSON twin is read in its place, seventy times as fast, as long as it was
made of this very text: an installation has twins from the build, a checkout makes them itself.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson

from rtdebug import resources
from rtdebug.packs import twins

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


def read_yaml(path: Path) -> Any:
    """The value of a YAML file. Keys are text, also where the file has numbers."""
    text, kept = path.read_bytes(), _twin(path)
    if kept is None:
        return twins.parsed(text)
    try:
        twin = orjson.loads(kept.read_bytes())
    except (OSError, ValueError):
        twin = {}
    if twin.get("of") == crc32(text):
        return twin["value"]
    value = twins.parsed(text)
    if not resources.installed():
        twins.write(text, value, kept)
    return value


def _twin(path: Path) -> Path | None:
    """Where the twin of a file that ships is kept."""
    schemas, path = resources.schemas(), path.absolute()
    if not path.is_relative_to(schemas):
        return None
    return resources.compiled(f"schemas/{path.relative_to(schemas).as_posix()}.json")


def base_folder(folder: Path, name: str) -> Path:
    """The folder of a pack that another extends: beside it, or one that ships."""
    beside = folder.resolve().parent / name
    return beside if beside.is_dir() else resources.schemas(name)


def seconds(text: str) -> float:
    """A duration of a pack (``250ms``, ``5s``, ``2m``) in seconds."""
    match = re.fullmatch(r"([\d.]+)(ms|s|m)", text)
    if match is None:
        raise ValueError(f"expected a duration such as 5s, found {text!r}")
    return float(match[1]) * _UNITS[match[2]]
