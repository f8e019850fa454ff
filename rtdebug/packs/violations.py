"""What makes a message invalid, in words: the JSON pointer, what was expected, what was there.

jsonschema reports a failed ``anyOf`` as one error at its root. A guided descent finds the branch
the author meant: first by JSON type, then by the fields that tell branches apart (``type``,
``role``, ``object``), then the branch with the fewest and deepest errors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rtdebug.model.value import Value

_DISCRIMINATORS = ("type", "role", "object")
_QUOTED = r"^'((?:[^'\\]|\\.)*)' is a required property"


class SchemaViolation(Value):
    """One thing wrong with a message. ``pointer`` is RFC 6901 (the root is "");
    ``kind``: unknown-field, unknown-value, missing, type, value, range, length, pattern, other."""

    pointer: str
    kind: str
    expected: str
    got: str

    @property
    def message(self) -> str:
        """One sentence: where, expected, seen."""
        where = self.pointer or "the message"
        return f"{where}: expected {self.expected}, found {self.got}"


def violations(
    schema: dict[str, Any], instance: object, documents: dict[str, dict[str, Any]]
) -> list[SchemaViolation]:
    """Everything wrong with ``instance``, most telling first, without repeats."""
    import jsonschema
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    registry: Any = Registry().with_resources(
        (uri, DRAFT202012.create_resource(document)) for uri, document in documents.items()
    )
    validator = jsonschema.Draft202012Validator(schema, registry=registry)
    found: dict[SchemaViolation, None] = {}
    try:
        for error in validator.iter_errors(instance):
            found.update(dict.fromkeys(_descend(error)))
    except RecursionError:
        return [SchemaViolation("", "other", "at most 128 levels of nesting", "a deeper message")]
    return list(found)


def _descend(error: Any) -> Iterator[SchemaViolation]:
    if error.validator in ("anyOf", "oneOf") and error.context:
        yield from _branch(error)
    else:
        yield from _leaf(error)


def _branch(error: Any) -> Iterator[SchemaViolation]:
    branches: dict[int, list[Any]] = {}
    for inner in error.context:
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    left = {index: errors for index, errors in branches.items() if not _other_type(errors)}
    if not left:
        types = sorted({name for errors in branches.values() for name in _types(errors)})
        yield SchemaViolation(_pointer(error), "type", _either(types), describe(error.instance))
        return
    for name in _DISCRIMINATORS:
        fitting = {index: errors for index, errors in left.items() if not _misfit(errors, name)}
        if not fitting:
            yield _no_such(error, left.values(), name)
            return
        left = fitting
    for inner in min(left.values(), key=_cost):
        yield from _descend(inner)


def _other_type(errors: Sequence[Any]) -> bool:
    return any(not inner.relative_path and inner.validator == "type" for inner in errors)


def _types(errors: Sequence[Any]) -> list[str]:
    for inner in errors:
        if not inner.relative_path and inner.validator == "type":
            value = inner.validator_value
            return value if isinstance(value, list) else [value]
    return []


def _misfit(errors: Sequence[Any], name: str) -> bool:
    return any(_rejects(inner, name) for inner in errors)


def _rejects(inner: Any, name: str) -> bool:
    if inner.validator == "required":
        return not inner.relative_path and _required_name(inner) == name
    return list(inner.relative_path) == [name] and inner.validator in ("const", "enum", "type")


def _no_such(error: Any, branches: Iterable[Sequence[Any]], name: str) -> SchemaViolation:
    allowed: dict[str, None] = {}
    for errors in branches:
        for inner in errors:
            if _rejects(inner, name) and inner.validator in ("const", "enum"):
                value = inner.validator_value
                values = value if isinstance(value, list) else [value]
                allowed.update(dict.fromkeys(_quote(one) for one in values))
            elif inner.validator == "required" and _rejects(inner, name):
                allowed.update(dict.fromkeys(_consts(inner.schema, name)))
    pointer = f"{_pointer(error)}/{name}"
    expected = _either(list(allowed)) if allowed else f"a {name}"
    if not isinstance(error.instance, dict) or name not in error.instance:
        return SchemaViolation(pointer, "missing", expected, "nothing")
    return SchemaViolation(pointer, "value", expected, describe(error.instance[name]))


def _consts(schema: Any, name: str) -> list[str]:
    if not isinstance(schema, dict):
        return []
    field = schema.get("properties", {}).get(name, {})
    values = field.get("enum", [field["const"]] if "const" in field else [])
    return [_quote(value) for value in values]


def _cost(errors: Sequence[Any]) -> tuple[int, int]:
    deepest = max(len(inner.relative_path) for inner in errors)
    return len(errors), -deepest


def _leaf(error: Any) -> Iterator[SchemaViolation]:
    pointer = _pointer(error)
    rule, value = error.validator, error.validator_value
    if rule == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {})
        for name in error.instance:
            if name not in known:
                expected = _expected_field(name, known)
                yield SchemaViolation(
                    f"{pointer}/{_escape(name)}", "unknown-field", expected,
                    describe(error.instance[name]),
                )  # fmt: skip
    elif rule == "required":
        name = _required_name(error)
        field = error.schema.get("properties", {}).get(name, {})
        yield SchemaViolation(f"{pointer}/{_escape(name)}", "missing", _expected(field), "nothing")
    else:
        kind, expected = _worded(rule, value, error.schema)
        yield SchemaViolation(pointer, kind, expected, describe(error.instance))


def _expected_field(name: str, known: dict[str, Any]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1, 0.75)
    return f'no field of that name (did you mean "{near[0]}"?)' if near else "no such field"


def _worded(rule: str, value: Any, schema: Any) -> tuple[str, str]:
    match rule:
        case "type":
            return "type", _either(value if isinstance(value, list) else [value])
        case "const":
            return "value", _quote(value)
        case "enum":
            kind = "unknown-value" if isinstance(schema, dict) and "x-known" in schema else "value"
            return kind, _either([_quote(one) for one in value])
        case "minimum":
            return "range", f"at least {value}"
        case "maximum":
            return "range", f"at most {value}"
        case "exclusiveMinimum":
            return "range", f"more than {value}"
        case "exclusiveMaximum":
            return "range", f"less than {value}"
        case "minLength" | "minItems" | "minProperties":
            return "length", f"a length of at least {value}"
        case "maxLength" | "maxItems" | "maxProperties":
            return "length", f"a length of at most {value}"
        case "pattern":
            return "pattern", f"text that matches {value}"
    return "other", f"what {rule} asks for ({json.dumps(value)[:80]})"


def _expected(field: Any) -> str:
    if not isinstance(field, dict):
        return "a value"
    if "const" in field:
        return _quote(field["const"])
    if "enum" in field:
        return _either([_quote(one) for one in field["enum"]])
    value = field.get("type")
    if value is None:
        return "an object" if "$ref" in field or "properties" in field else "a value"
    return _either(value if isinstance(value, list) else [value])


def _required_name(error: Any) -> str:
    match = re.match(_QUOTED, error.message)
    if match is not None:
        return match[1]
    missing = (name for name in error.validator_value if name not in error.instance)
    return str(next(missing, "?"))


def _pointer(error: Any) -> str:
    return "".join(f"/{_escape(str(part))}" for part in error.absolute_path)


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _either(words: Sequence[str]) -> str:
    if len(words) < 2:
        return words[0] if words else "something else"
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _quote(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def describe(value: object, limit: int = 60) -> str:
    """A value as a person would name it: short, with its JSON type where that helps."""
    if isinstance(value, dict):
        keys = ", ".join(list(value)[:4])
        return f"an object with {keys}" if keys else "an empty object"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > limit:
        text = f'{text[: limit - 1]}…" ({len(text) - 2} characters)'
    return text
