"""A pack that extends another: where that one lies, and both as one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rtdebug.packs.schemas import patched
from rtdebug.packs.yaml_data import base_folder, read_yaml

_NAME = re.compile(r"[a-z0-9-]+")


def is_pack_name(text: str) -> bool:
    """Whether it can be the name of a pack that ships; anything else is a path."""
    return _NAME.fullmatch(text) is not None


def merged(folder: Path, data: dict[str, Any]) -> dict[str, Any]:
    """The data of a pack laid over that of the one it extends: mappings add, null takes away, all
    else takes the place of what is there."""
    name = data.get("extends")
    if name is None:
        return data
    below = base_folder(folder, name)
    base = merged(below, read_yaml(below / "pack.yaml"))
    if "name" in data:
        base.pop("name", None)  # how messages are named is said whole or not at all
    both: dict[str, Any] = patched(base, data)
    return both
