"""Turns the schemas of a pack's client events into what editors read: JSON Schema draft-07, closed,
with a place for ``${…}`` wherever a value stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

PLACEHOLDER: Schema = {"$ref": "#/definitions/placeholder"}

_DROPPED = frozenset({"$schema", "$id", "$defs", "x-known", "description"})
_VERBATIM = frozenset({"const", "enum", "examples", "default", "required", "type", "pattern"})
_CONSTRAINED = ("enum", "const", "pattern", "format", "x-known")


def event_definitions(client: Mapping[str, Schema], common: Schema) -> dict[str, Schema]:
    """Definitions of every client event (``client.TYPE``), and of the objects they are made of."""
    shared = common.get("$defs", {})
    found = {f"client.{type_}": _schema(client[type_]) for type_ in sorted(client)}
    waiting = _names(found)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _schema(shared[name])
            waiting |= _names(found[name])
    return dict(sorted(found.items()))


def value(schema: Schema) -> Schema:
    """A schema of a value that may also be a placeholder; what tells alternatives apart may not."""
    converted = _schema(schema)
    if "const" in schema or _takes_any_text(schema):
        return converted
    description = converted.pop("description", None)
    branches = converted.pop("anyOf", None) if set(converted) == {"anyOf"} else None
    wrapped: Schema = {"anyOf": [*(branches or [converted]), PLACEHOLDER]}
    return {"description": description, **wrapped} if description else wrapped


def _schema(schema: Schema) -> Schema:
    """The schema in draft-07, its objects closed, values known of open enums as enums."""
    found: Schema = {}
    if "description" in schema:
        found["description"] = schema["description"]
    for key, inner in schema.items():
        if key not in _DROPPED:
            found[key] = _keyword(key, inner)
    if "x-known" in schema:
        found["enum"] = _known(schema)
    if "properties" in schema and "additionalProperties" not in schema:
        found["additionalProperties"] = False
    return found


def _keyword(key: str, inner: Any) -> Any:
    if key == "$ref":
        return f"#/definitions/{inner.rpartition('/')[2]}"
    if key == "properties":
        return {name: value(one) for name, one in inner.items()}
    if key == "items":
        return value(inner)
    if key == "anyOf":
        return [_schema(one) for one in inner]
    if key in _VERBATIM or not isinstance(inner, dict):
        return inner
    return _schema(inner)


def _known(schema: Schema) -> list[Any]:
    nullable = "null" in schema.get("type", ()) and None not in schema["x-known"]
    return [*schema["x-known"], *([None] if nullable else [])]


def _takes_any_text(schema: Schema) -> bool:
    """Whether a placeholder is a valid value as it is."""
    types = schema.get("type", ())
    types = (types,) if isinstance(types, str) else types
    return "string" in types and not any(key in schema for key in _CONSTRAINED)


def _names(schema: Any) -> set[str]:
    """The definitions a schema refers to, but for the placeholder."""
    if isinstance(schema, dict):
        found = {
            inner.rpartition("/")[2]
            for key, inner in schema.items()
            if key == "$ref" and isinstance(inner, str)
        }
        for inner in schema.values():
            found |= _names(inner)
    elif isinstance(schema, list):
        found = set().union(*(_names(one) for one in schema))
    else:
        found = set()
    return found - {"placeholder"}
