"""Reads a document of a protocol, also one with the anchors and merge keys of YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rtdebug.documents import MAX_NODES, load_document
from rtdebug.errors import DocumentError, UsageError


def document_of(path: Path) -> dict[str, Any]:
    """The mapping in a file. Raises DocumentError or UsageError where there is none."""
    try:
        value = load_document(path).value
    except DocumentError as error:
        if "anchors" not in error.message and "merge keys" not in error.message:
            raise
        value = _with_anchors(path)
    if not isinstance(value, dict):
        raise UsageError(f"{path}: expected a mapping, found none", "name an AsyncAPI document")
    return value


def _with_anchors(path: Path) -> Any:
    import json

    import yaml

    try:
        loaded = yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        if _size(loaded, {}) > MAX_NODES:
            raise UsageError(f"{path}: its anchors make it too large", "write them out")
        return json.loads(json.dumps(loaded, default=str))
    except (yaml.YAMLError, ValueError) as error:
        raise UsageError(f"{path}: not YAML: {str(error)[:200]}", "correct it") from None


def _size(value: Any, known: dict[int, int]) -> int:
    """How many parts a value has when each of its anchors is written out."""
    parts = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        known[id(value)] = MAX_NODES  # until it is known: what holds itself has no end
        known[id(value)] = 1 + sum(_size(part, known) for part in parts)
    return known[id(value)]
