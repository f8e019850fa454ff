"""Twins: the YAML that ships once more as JSON, which is read seventy times as fast.

Only the standard library and PyYAML are needed here: the build has no more.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32


def parsed(text: bytes) -> Any:
    """The value of a YAML text. Keys are text, also where the file has numbers."""
    import json

    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return json.loads(json.dumps(yaml.load(text, loader)))


def write(text: bytes, value: Any, path: Path) -> None:
    """Keeps the value of a text, as far as the place can be written."""
    import json

    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        twin = {"of": crc32(text), "value": value}
        beside.write_text(json.dumps(twin, ensure_ascii=False), encoding="utf-8")
        beside.replace(path)


def write_all(schemas: Path, place: Path) -> dict[Path, str]:
    """Makes the twins of all YAML files below schemas/; each with the name it has
    from there."""
    made = {}
    for path in sorted(schemas.rglob("*.yaml")):
        name = f"{path.relative_to(schemas).as_posix()}.json"
        text = path.read_bytes()
        write(text, parsed(text), place / name)
        made[place / name] = name
    return made
