"""Checks the schemas of a pack that a person wrote: each is one, of a type that the pack has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rtdebug.documents import load_document
from rtdebug.errors import DocumentError
from rtdebug.packs.schemas import Schema, close, refuse_to_fetch
from rtdebug.packs.wrong_values import SIDES, near
from rtdebug.packs.yaml_data import base_folder, read_yaml


def schema_faults(folder: Path, *tables: Mapping[str, Any]) -> Iterator[DocumentError]:
    """Everything wrong with the schemas in the folder of a pack; ``tables`` are its pack.yaml and
    that of the pack it extends, which list the types."""
    shared = _shared(folder) if any((folder / side).is_dir() for side in SIDES) else {}
    for side in SIDES:
        types = _types(side, tables)
        for path in sorted((folder / side).glob("*.json")):
            try:
                document = load_document(path)  # which says where, and reads JSON too
            except DocumentError as error:
                yield error
                continue
            told = wrong_schema(document.value, shared)
            if told:
                yield document.error((), f"no JSON Schema of 2020-12: {told}", "correct it")
            if path.stem not in types:
                hint = near(path.stem, types) or f"add it to the facts of the {side}"
                yield document.error((), f"the pack has no {path.stem} of the {side}", hint)


def _shared(folder: Path) -> dict[str, Schema]:
    """What schemas may refer to, by URI: of the pack and of those it extends."""
    found: dict[str, Schema] = {}
    while True:
        path = folder / "common.json"
        common = load_document(path).value if path.is_file() else None
        if isinstance(common, dict) and isinstance(common.get("$id"), str):
            found.setdefault(common["$id"], common)
        data = read_yaml(folder / "pack.yaml")
        if "extends" not in data:
            return found
        folder = base_folder(folder, data["extends"])


def _types(side: str, tables: Iterable[Mapping[str, Any]]) -> set[str]:
    """The types of one side: those that say facts, and those that have roles."""
    found: set[str] = set()
    for table in tables:
        found.update(table.get("facts", {}).get(side) or ())
        found.update((table.get("roles", {}).get(side) or {}).values())
    return found


def wrong_schema(schema: Any, shared: Mapping[str, Schema]) -> str:
    """What is wrong with a schema, in a line; empty for one that can be judged by."""
    import jsonschema_rs

    if not isinstance(schema, dict):
        return "expected an object"
    forms: tuple[Callable[[Any], Any], ...] = (dict, close)
    try:
        for form in forms:
            parts = [(uri, form(part)) for uri, part in shared.items()]
            registry = jsonschema_rs.Registry(parts, retriever=refuse_to_fetch)
            jsonschema_rs.Draft202012Validator(
                form(schema), registry=registry, retriever=refuse_to_fetch
            )
    except Exception as error:
        if not type(error).__module__.startswith(("jsonschema_rs", "builtins")):
            raise
        return str(error).partition("\n")[0] or "it cannot be read"
    return ""
