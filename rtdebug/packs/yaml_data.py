"""Reads the YAML that ships inside a pack: trusted, so without the guard people's files need."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


def read_yaml(path: Path) -> Any:
    """The value of a YAML file, by the C loader where it exists."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_bytes(), loader)


def seconds(text: str) -> float:
    """A duration of a pack (``250ms``, ``5s``, ``2m``) in seconds."""
    match = re.fullmatch(r"([\d.]+)(ms|s|m)", text)
    if match is None:
        raise ValueError(f"expected a duration such as 5s, found {text!r}")
    return float(match[1]) * _UNITS[match[2]]
