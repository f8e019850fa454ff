"""What a server's event can hold, read off its schema: field names, and values of closed enums.

Only what every alternative of a schema agrees on counts: where one of them leaves a field free, or
an enum open (``x-known``), anything may stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from rtdebug.model.value import Value

Schema: TypeAlias = Mapping[str, Any]

_DISCRIMINATORS = ("type", "role", "object")
_DEEPEST = 32
_TYPES = {
    str: ("string",), bool: ("boolean",), int: ("integer", "number"), float: ("number",),
    dict: ("object",), list: ("array",), type(None): ("null",),
}  # fmt: skip


class EventShape(Value):
    """One place of an event: what its schema allows there, ``forms`` that exclude each other.
    ``shared`` are the schemas that others refer to."""

    forms: tuple[Schema, ...]
    shared: Schema

    def fields(self) -> frozenset[str] | None:
        """The names that a mapping here may have; None where it may have any."""
        names: set[str] = set()
        for form in self._taking(dict):
            if "properties" not in form or form.get("additionalProperties", False) is not False:
                return None
            names.update(form["properties"])
        return frozenset(names) or None

    def values(self, like: object) -> tuple[Any, ...] | None:
        """The values that may stand here if one of this kind may; None where any may."""
        forms = self._taking(type(like)) or self.forms
        if not all("enum" in form or "const" in form for form in forms):
            return None
        every = [one for form in forms for one in form.get("enum", (form.get("const"),))]
        return tuple(one for one in dict.fromkeys(every) if one is not None)

    def field(self, name: str) -> EventShape | None:
        """What may stand under a name; None where nothing is known of it."""
        return self._inner(
            form["properties"].get(name) if "properties" in form else None
            for form in self._taking(dict)
        )

    def items(self) -> EventShape | None:
        """What the elements of a list may be."""
        return self._inner(form.get("items") for form in self._taking(list))

    def narrowed(self, fields: Mapping[str, Any]) -> EventShape:
        """The forms that are left when some fields are known, as far as they tell forms apart."""
        left = tuple(form for form in self.forms if self._fits(form, fields))
        return EventShape(left or self.forms, self.shared)

    def _fits(self, form: Schema, fields: Mapping[str, Any]) -> bool:
        properties = form.get("properties", {})
        consts = {name: properties.get(name, {}).get("const") for name in _DISCRIMINATORS}
        return all(
            const is None or not isinstance(fields.get(name), str) or fields[name] == const
            for name, const in consts.items()
        )

    def _inner(self, found: Iterable[Schema | None]) -> EventShape | None:
        schemas = [one for one in found if one is not None]
        forms = tuple(form for one in schemas for form in _forms(one, self.shared))
        return EventShape(forms, self.shared) if forms else None

    def _taking(self, kind: type) -> Sequence[Schema]:
        return [form for form in self.forms if _takes(form, kind)]


def shape_of(schema: Schema, documents: Iterable[Schema]) -> EventShape:
    """The shape of a message."""
    shared = {name: one for document in documents for name, one in document["$defs"].items()}
    return EventShape(tuple(_forms(schema, shared)), shared)


def _forms(schema: Schema, shared: Schema, depth: int = 0) -> Iterator[Schema]:
    """A schema as its alternatives, none of which refers to another or has alternatives."""
    if depth > _DEEPEST:
        yield {}
    elif "$ref" in schema:
        yield from _forms(shared.get(schema["$ref"].rpartition("/")[2], {}), shared, depth + 1)
    elif "anyOf" in schema:
        for one in schema["anyOf"]:
            yield from _forms(one, shared, depth + 1)
    else:
        yield schema


def _takes(form: Schema, kind: type) -> bool:
    """Whether a value of this kind can be meant by a form, which may say so or not."""
    if "const" in form or "enum" in form:
        return any(type(one) is kind for one in form.get("enum", (form.get("const"),)))
    types = form.get("type")
    if types is None:
        return True
    named = (types,) if isinstance(types, str) else types
    return any(one in named for one in _TYPES.get(kind, ()))
