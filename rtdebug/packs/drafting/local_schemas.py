"""Schemas of a document as schemas of a pack: each whole in itself, in JSON Schema 2020-12."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

from rtdebug.model.records import Sender

Follow = Callable[[Any], Any]
"""Follows references until there is none."""

# What says how values are, and nothing about them that only people read.
_KEPT = frozenset({
    "type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum",
    "exclusiveMinimum", "maxLength", "minLength", "pattern", "items", "prefixItems", "maxItems",
    "minItems", "uniqueItems", "properties", "patternProperties", "additionalProperties",
    "required", "anyOf", "oneOf", "not", "description", "minProperties", "maxProperties",
})  # fmt: skip
_NAMED = ("properties", "patternProperties")
_MOST_BRANCHES = 64


class LocalSchemas:
    """Makes the schemas of one side. What a server sends may hold more than its document knows, or
    less: objects are open there, nothing is required, and lists of values are of those known."""

    def __init__(self, follow: Follow, sender: Sender) -> None:
        self._follow = follow
        self._is_open = sender is Sender.SERVER
        self._names: dict[int, str] = {}
        self._defs: dict[str, Any] = {}

    def whole(self, schema: Any) -> dict[str, Any]:
        """A schema with all that it refers to."""
        self._names, self._defs = {}, {}
        made = self._made(branch_of(schema, self._follow))
        made.pop("description", None)
        return {**made, **({"$defs": self._defs} if self._defs else {})}

    def _part(self, schema: Any) -> Any:
        """A part of a schema; one that is referred to is kept once, for it may hold itself."""
        if not isinstance(schema, Mapping):
            return schema if isinstance(schema, bool) else {}
        if "$ref" not in schema:
            return self._made(branch_of(schema, self._follow))
        target = self._follow(schema)
        if id(target) not in self._names:
            name = re.sub(r"\W", "_", str(schema["$ref"]).rpartition("/")[2])
            while name in self._defs:
                name += "_"
            self._names[id(target)] = name
            self._defs[name] = {}
            self._defs[name] = self._made(branch_of(target, self._follow))
        return {"$ref": f"#/$defs/{self._names[id(target)]}"}

    def _made(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        made = {key: self._member(key, value) for key, value in schema.items() if key in _KEPT}
        if isinstance(made.get("items"), list):
            made["prefixItems"] = made.pop("items")
        if not isinstance(made.get("required", []), list):
            del made["required"]  # of draft 3, in the property itself
        for key in ("exclusiveMinimum", "exclusiveMaximum"):
            if isinstance(made.get(key), bool):  # of draft 4
                bound = made.pop(key) and made.pop(key[9:].lower(), None)
                made |= {key: bound} if bound else {}
        if schema.get("format") == "binary" or made.get("type") == "any":
            made.pop("type", None)
        return self._nullable(self._opened(made), nullable=schema.get("nullable") is True)

    def _member(self, key: str, value: Any) -> Any:
        if key in _NAMED and isinstance(value, Mapping):
            return {name: self._part(part) for name, part in value.items()}
        if key in ("anyOf", "oneOf", "items", "prefixItems") and isinstance(value, list):
            return [self._part(part) for part in value]
        if key in ("items", "additionalProperties", "not"):
            return self._part(value)
        return value

    def _opened(self, made: dict[str, Any]) -> dict[str, Any]:
        """The schema as its side is judged by it."""
        if not self._is_open:
            return made
        made.pop("required", None)  # documents lag behind their servers
        if made.get("additionalProperties") is False:
            del made["additionalProperties"]
        if isinstance(made.get("enum"), list) and len(made["enum"]) > 1:
            values = made.pop("enum")
            if made.get("type") == "string":
                made["x-known"] = [one for one in values if isinstance(one, str)]
        if "oneOf" in made:  # what is open may be of several
            made["anyOf"] = made.pop("oneOf")
        return made

    def _nullable(self, made: dict[str, Any], *, nullable: bool) -> dict[str, Any]:
        if not nullable:
            return made
        if isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
        if "enum" in made and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
        return made


def branches(schema: Any, follow: Follow, depth: int = 0) -> list[dict[str, Any]]:
    """The schemas of which a value must fit one: without allOf, and with what is said beside a
    choice in each of its branches."""
    schema = follow(schema)
    if not isinstance(schema, Mapping) or depth > 8:
        return [{}]
    found: list[dict[str, Any]] = [
        {key: value for key, value in schema.items() if key not in ("allOf", "oneOf", "anyOf")}
    ]
    parts = [branches(one, follow, depth + 1) for one in schema.get("allOf") or ()]
    for choice in (schema.get("oneOf"), schema.get("anyOf")):
        if choice:
            parts.append([way for one in choice for way in branches(one, follow, depth + 1)])
    for ways in parts:
        if len(found) * len(ways) > _MOST_BRANCHES:
            return [{}]
        found = [_both(one, other) for one, other in product(found, ways)]
    return found


def branch_of(schema: Any, follow: Follow) -> dict[str, Any]:
    """A schema without allOf."""
    ways = branches(schema, follow)
    if len(ways) == 1:
        return ways[0]
    whole = follow(schema)
    return {"anyOf": ways, **({"nullable": True} if whole.get("nullable") else {})}


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What fits both of two schemas, as documents mean it: members of the one and of the other."""
    found = {**one, **other}
    for key in _NAMED:
        if key in one and key in other:
            found[key] = {**one[key], **other[key]}
    needed = (*(one.get("required") or ()), *(other.get("required") or ()))
    return {**found, "required": list(dict.fromkeys(needed))} if needed else found
