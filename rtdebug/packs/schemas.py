"""The schemas of a pack's messages: found by (sender, type), compiled when first met.

One source, two forms. *Tolerant* is the file as written. *Closed* is the same with every object
that lists its properties closed and every open enum (``x-known``) made an enum. What a client
sends is judged closed, as servers do; what a server sends is judged tolerant, and what only the
closed form rejects is reported as unknown. Each form has two validators over the same source:
jsonschema-rs gives the verdict, jsonschema the words (see violations.py).

A pack that extends another has all of its schemas: those it writes itself take their place, and
what ``loosens`` says of one is laid over it (a JSON Merge Patch, RFC 7396). Where a protocol has
two spellings (``turn_complete`` for ``turnComplete``) a message is judged in the second.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from rtdebug.model.records import Sender
from rtdebug.model.value import EMPTY
from rtdebug.packs.violations import SchemaViolation, violations

Schema = dict[str, Any]
Verdict = Callable[[object], bool]


class MessageKind:
    """How messages of one (sender, type) are judged; each form is compiled when first needed."""

    def __init__(self, folder: SchemaFolder, sender: Sender, schema: Schema) -> None:
        self.sender = sender
        self._folder = folder
        self._tolerant = schema

    @cached_property
    def is_clean(self) -> Verdict:
        """The one call of the hot path: whether a message is valid and nothing in it unknown."""
        return self._spelled(self._folder.verdict(self._closed, closed=True))

    def passes(self, payload: object) -> bool:
        """The same of whatever people or peers may write: lone surrogates, numbers beyond all
        bounds and too deep nests are nothing the quick verdict can read."""
        try:
            return bool(self.is_clean(payload))
        except (ValueError, OverflowError, RecursionError):
            return False

    @cached_property
    def is_valid(self) -> Verdict:
        """Whether a message is valid: as lenient as its sender may be."""
        if self.sender is Sender.CLIENT:
            return self.is_clean
        return self._spelled(self._folder.verdict(self._tolerant, closed=False))

    def _spelled(self, verdict: Verdict) -> Verdict:
        return (lambda payload: verdict(camel(payload))) if self._folder.proto else verdict

    @cached_property
    def _closed(self) -> Schema:
        closed: Schema = close(self._tolerant)
        return closed

    @property
    def schema(self) -> Schema:
        """The schema as written."""
        return self._tolerant

    def faults(self, payload: object) -> list[SchemaViolation]:
        """What makes the message invalid, each at its exact pointer; empty for a valid one."""
        closed = self.sender is Sender.CLIENT
        schema = self._closed if closed else self._tolerant
        return self._violations(schema, payload, closed=closed)

    def unknown(self, payload: object) -> list[SchemaViolation]:
        """Fields and values of an otherwise valid server message that the schema does not know."""
        return self._violations(self._closed, payload, closed=True)

    def _violations(
        self, schema: Schema, payload: object, *, closed: bool
    ) -> list[SchemaViolation]:
        spelled = camel(payload) if self._folder.proto else payload
        return violations(schema, spelled, self._folder.documents(closed=closed))


class SchemaFolder:
    """The schemas under one pack's folder, over those of the pack it extends."""

    def __init__(
        self,
        folder: Path,
        base: SchemaFolder | None = None,
        looser: Mapping[str, Schema] = EMPTY,
        *,
        proto: bool = False,
    ) -> None:
        self.folder = folder
        self.proto = proto
        self._base = base
        self._looser = looser
        self._kinds: dict[tuple[Sender, str], MessageKind] = {}
        self._types: dict[Sender, frozenset[str]] = {}

    def kind(self, sender: Sender, type_: str) -> MessageKind | None:
        """The kind of that type, compiled once; None for a type without a schema."""
        kind = self._kinds.get((sender, type_))
        if kind is not None:
            return kind
        # A peer may invent types without end: nothing is made or remembered of those.
        if sender not in self._types:
            self._types[sender] = frozenset(self.types(sender))
        if type_ not in self._types[sender]:
            return None
        kind = MessageKind(self, sender, self.read(f"{sender.value}/{type_}.json") or {})
        self._kinds[sender, type_] = kind
        return kind

    def types(self, sender: Sender) -> tuple[str, ...]:
        """Every type of that sender that has a schema, in order of name."""
        folder = self.folder / sender.value
        names = os.listdir(folder) if folder.is_dir() else ()
        own = {name[:-5] for name in names if name.endswith(".json")}
        return tuple(sorted(own.union(self._base.types(sender) if self._base else ())))

    def read(self, name: str) -> Schema | None:
        """One schema by its path in the folder, None where there is none."""
        path = self.folder / name
        if path.is_file():
            found: Schema | None = _read(path)
        else:
            found = self._base.read(name) if self._base is not None else None
        return patched(found, self._looser[name]) if name in self._looser else found

    def documents(self, *, closed: bool) -> dict[str, Schema]:
        """What schemas may refer to, by URI. Nothing else is ever fetched."""
        return self._closed_documents if closed else self._tolerant_documents

    def verdict(self, schema: Schema, *, closed: bool) -> Verdict:
        """The fast validator of one schema.

        It raises ValueError on what it cannot take (a lone surrogate): then the slow path decides.
        """
        import jsonschema_rs

        registry = self._closed_registry if closed else self._tolerant_registry
        validator = jsonschema_rs.Draft202012Validator(
            schema, registry=registry, retriever=refuse_to_fetch
        )
        verdict: Verdict = validator.is_valid
        return verdict

    @cached_property
    def _tolerant_documents(self) -> dict[str, Schema]:
        below = self._base.documents(closed=False) if self._base is not None else {}
        common = self.read("common.json")
        return {**below, common["$id"]: common} if common else below

    @cached_property
    def _closed_documents(self) -> dict[str, Schema]:
        return {uri: close(schema) for uri, schema in self._tolerant_documents.items()}

    @cached_property
    def _tolerant_registry(self) -> Any:
        import jsonschema_rs

        return jsonschema_rs.Registry(
            list(self._tolerant_documents.items()), retriever=refuse_to_fetch
        )

    @cached_property
    def _closed_registry(self) -> Any:
        import jsonschema_rs

        return jsonschema_rs.Registry(
            list(self._closed_documents.items()), retriever=refuse_to_fetch
        )


def refuse_to_fetch(uri: str) -> Any:
    """Either validator would fetch a reference it does not know; this one never does."""
    raise LookupError(f"{uri} is not part of the pack, and nothing is fetched")


def close(schema: Any) -> Any:
    """The closed form of a schema: no unlisted property, no unlisted value of an open enum."""
    if isinstance(schema, list):
        return [close(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: value if key in _VERBATIM else close(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        closed["additionalProperties"] = False
    if isinstance(schema.get("x-known"), list):
        nullable = "null" in schema.get("type", ())
        closed["enum"] = [*schema["x-known"], *([None] if nullable else [])]
    return closed


def camel(value: Any) -> Any:
    """A value with the keys of protobuf's JSON in their first spelling, all the way down."""
    if isinstance(value, dict):
        return {_camel(key): camel(member) for key, member in value.items()}
    return [camel(member) for member in value] if isinstance(value, list) else value


def _camel(key: str) -> str:
    if "_" not in key:
        return key
    first, *rest = key.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def patched(schema: Any, patch: Any) -> Any:
    """A schema with a JSON Merge Patch laid over it: null takes a member away."""
    if not isinstance(patch, Mapping):
        return patch
    members = dict(schema) if isinstance(schema, dict) else {}
    for key, value in patch.items():
        if value is None:
            members.pop(key, None)
        else:
            members[key] = patched(members.get(key), value)
    return members


_VERBATIM = frozenset({"enum", "const", "x-known", "required", "examples", "default"})


def _read(path: Path) -> Schema:
    import orjson

    loaded: Schema = orjson.loads(path.read_bytes())
    return loaded
