"""Where a schema, or what was seen of a message, has its ids, its words of an error, its flags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_DEEPEST = 4


def properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Each property of a schema, the outer ones first: its pointer, its name, its own schema."""
    level = [("", schema)]
    for _ in range(_DEEPEST):
        below = []
        for pointer, one in level:
            for name, part in _members(schema, one):
                inner = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
                whole = _whole(schema, part)
                if name != "*":
                    yield inner, name, whole
                below.append((inner, whole))
        level = below


def id_pointers(schema: Mapping[str, Any]) -> dict[str, str]:
    """The ids in a message: name -> pointer, the outermost of each name."""
    found: dict[str, str] = {}
    for pointer, name, _ in properties(schema):
        if name == "id" or name.endswith(("_id", "Id")):
            found.setdefault(name, pointer)
    return found


def _members(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for way in (schema, *(_whole(root, one) for one in schema.get("anyOf", ()))):
        for way_ in (way, *(_whole(root, one) for one in way.get("oneOf", ()))):
            own = way_.get("properties")
            yield from own.items() if isinstance(own, Mapping) else ()
            if isinstance(way_.get("items"), dict):
                yield "*", way_["items"]


def _whole(root: Mapping[str, Any], part: Any) -> Mapping[str, Any]:
    if not isinstance(part, Mapping):
        return {}
    if "$ref" in part:
        found: Mapping[str, Any] = root.get("$defs", {}).get(part["$ref"].rpartition("/")[2], {})
        return found
    return part
