"""Which function a question is for, and arguments that its schema accepts.

There is no model: words that a question and a function have in common decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PROPER = re.compile(r"(?<=[^.!?:] )[A-Z][\w'-]*(?: [A-Z][\w'-]*)*")
# Words that descriptions of functions and questions share whatever they are about.
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "what when where which who how the and for with from this that your you have has about "
        "there tell please give get set are can could would will current currently now use used "
        "returns return function tool call calls user name value given its into any all not one",
    )
)
_FORMATS = {
    "date": "2026-01-01", "date-time": "2026-01-01T12:00:00Z", "time": "12:00:00Z",
    "email": "someone@example.com", "uri": "https://example.com", "hostname": "example.com",
    "uuid": "00000000-0000-4000-8000-000000000000", "ipv4": "192.0.2.1",
}  # fmt: skip
_DEEPEST = 8


def functions(tools: object) -> list[Schema]:
    """The functions among a session's tools."""
    listed = tools if isinstance(tools, list) else []
    return [
        tool
        for tool in listed
        if isinstance(tool, Mapping)
        and tool.get("type", "function") == "function"
        and isinstance(tool.get("name"), str)
    ]


def fitting(tools: Sequence[Schema], question: str) -> Schema | None:
    """The function whose name or description has most words of the question; a question about the
    weather, which every example asks, is for the first one at least."""
    asked = _words(question)
    best = max(tools, key=lambda tool: _likeness(tool, asked), default=None)
    if best is None or _likeness(best, asked):
        return best
    return tools[0] if "weather" in asked else None


def _likeness(tool: Schema, asked: frozenset[str]) -> int:
    described = _words(str(tool.get("description") or ""))
    return 2 * len(asked & _words(str(tool["name"]))) + len(asked & described)


def _words(text: str) -> frozenset[str]:
    words = {word.lower() for word in _WORD.findall(_HUMP.sub(" ", text))} - _EMPTY
    return frozenset(word.removesuffix("s") for word in words if len(word) > 2)


def arguments_for(tool: Schema, question: str) -> Any:
    """Arguments the function's schema accepts; what the question names goes into texts."""
    schema = tool.get("parameters")
    if not isinstance(schema, Mapping):
        return {}
    named = _PROPER.findall(question)
    whole = {**schema, "type": "object"}
    return _Filler(schema, named[-1] if named else "").value(whole, "", 0)


class _Filler:
    """Makes one value of a schema: of its examples where it has some, else the plainest."""

    def __init__(self, root: Schema, named: str) -> None:
        self._root = root
        self._named = named

    def value(self, schema: Any, name: str, depth: int) -> Any:
        """A value of the schema of the property ``name``."""
        if not isinstance(schema, Mapping) or depth > _DEEPEST:
            return None
        schema = self._resolved(schema)
        for key in ("const", "default"):
            if key in schema and (key == "const" or schema[key] is not None):
                return schema[key]
        for key in ("enum", "examples"):
            if isinstance(schema.get(key), list) and schema[key]:
                return schema[key][0]
        for key in ("anyOf", "oneOf"):
            if isinstance(schema.get(key), list) and "properties" not in schema:
                return self.value(_first_not_null(schema[key]), name, depth + 1)
        return self._plain(schema, name, depth)

    def _resolved(self, schema: Schema) -> Schema:
        for _ in range(_DEEPEST):
            place = schema.get("$ref")
            if not isinstance(place, str) or not place.startswith("#"):
                break
            found: Any = self._root
            for token in place.split("/")[1:]:
                found = found.get(token) if isinstance(found, Mapping) else None
            schema = found if isinstance(found, Mapping) else {}
        parts = schema.get("allOf")
        for part in parts if isinstance(parts, list) else []:
            schema = {**schema, **part} if isinstance(part, Mapping) else schema
        return schema

    def _plain(self, schema: Schema, name: str, depth: int) -> Any:
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), "null")
        if kind == "object" or "properties" in schema:
            return self._object(schema, depth)
        if kind == "array":
            item = self.value(schema.get("items") or {"type": "string"}, name, depth + 1)
            return [item] * max(1, _whole(schema.get("minItems"), 1))
        if kind in ("integer", "number"):
            return _number(schema, whole=kind == "integer")
        if kind in ("boolean", "null"):
            return True if kind == "boolean" else None
        return self._text(schema, name)

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        """What is required; where nothing is said to be, everything is wanted."""
        properties = schema.get("properties")
        properties = properties if isinstance(properties, Mapping) else {}
        required = schema.get("required")
        names: Iterable[Any] = required if isinstance(required, list) else properties
        return {
            name: self.value(properties.get(name, {"type": "string"}), name, depth + 1)
            for name in names
            if isinstance(name, str)
        }

    def _text(self, schema: Schema, name: str) -> str:
        made = _FORMATS.get(str(schema.get("format"))) or self._named or name or "example"
        made = made.ljust(_whole(schema.get("minLength"), 0), "x")
        return made[: _whole(schema.get("maxLength"), len(made))]


def _first_not_null(schemas: Sequence[Any]) -> Any:
    useful = (one for one in schemas if isinstance(one, Mapping) and one.get("type") != "null")
    return next(useful, {"type": "null"})


def _number(schema: Schema, *, whole: bool) -> int | float:
    least, above, most = (
        schema.get(key) if _is_number(schema.get(key)) else None
        for key in ("minimum", "exclusiveMinimum", "maximum")
    )
    number: int | float = 1
    if least is not None or above is not None:
        number = least if least is not None else (above or 0) + 1
    elif most is not None:
        number = min(number, most)
    return int(number) if whole else number


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: Any, default: int) -> int:
    return min(value, 1000) if isinstance(value, int) and value >= 0 else default
