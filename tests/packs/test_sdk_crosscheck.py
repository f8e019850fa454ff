"""Compares our schemas with the models of the official client library, structure only.

Neither side is the truth: the library leaves nearly everything optional and lacks what servers
really send. So every difference stands in sdk_differences.yaml with its reason, and a difference
that no longer exists must leave that file.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from rtdebug import resources
from rtdebug.model.records import Sender
from rtdebug.packs.schemas import Schema, SchemaFolder

REASON = "the openai package is not installed: there are no official models to compare with"
pytest.importorskip("openai", reason=REASON)
pydantic = pytest.importorskip("pydantic", reason=REASON)

TABLE = yaml.safe_load(Path(__file__).with_name("sdk_differences.yaml").read_text("utf-8"))
GA = SchemaFolder(resources.schemas("openai-realtime"))
BETA = SchemaFolder(resources.schemas("openai-realtime-beta"))
JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def installed() -> tuple[int, ...]:
    return tuple(int(part) for part in version("openai").split(".")[:2])


pytestmark = pytest.mark.skipif(
    installed() < tuple(TABLE["since"]),
    reason=f"the openai package is older than {TABLE['since']}: its models are not the compared ones",
)


# ---- their side: annotations taken apart -----------------------------------------------------


class Theirs(NamedTuple):
    """What a field of a model may hold; None is left out, as absent and null look the same."""

    models: tuple[Any, ...] = ()
    values: frozenset[Any] = frozenset()
    json_types: frozenset[str] = frozenset()
    items: tuple[Any, ...] = ()
    free: bool = False

    @property
    def is_closed(self) -> bool:
        """Only the listed values are allowed."""
        return bool(self.values) and not self.json_types


def alternatives(annotation: Any) -> Iterator[Any]:
    """A union, flattened; Annotated is looked through."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        yield from alternatives(typing.get_args(annotation)[0])
    elif origin in (typing.Union, types.UnionType):
        for part in typing.get_args(annotation):
            yield from alternatives(part)
    elif annotation is not type(None):
        yield annotation


def theirs(annotation: Any) -> Theirs:
    models: list[Any] = []
    values: set[Any] = set()
    json_types: set[str] = set()
    items: list[Any] = []
    free = False
    for part in alternatives(annotation):
        origin = typing.get_origin(part)
        if origin is typing.Literal:
            values.update(typing.get_args(part))
        elif origin is list:
            items.append(typing.get_args(part)[0])
        elif origin is dict or part is object:
            free = True
        elif part in JSON_TYPES:
            json_types.add(JSON_TYPES[part])
        elif issubclass(part, pydantic.BaseModel):
            models.append(part)
        else:
            raise TypeError(f"an annotation of a new kind: {part}")
    return Theirs(tuple(models), frozenset(values), frozenset(json_types), tuple(items), free)


@cache
def fields(model: Any) -> dict[str, Any]:
    """Field name on the wire -> pydantic's description of it."""
    model.model_rebuild()  # until then forward references are strings
    return {field.alias or name: field for name, field in model.model_fields.items()}


def name_of(model: Any) -> str:
    """The class; with its module where the class is not what the module is named for."""
    module = model.__module__.rpartition(".")[2]
    named: str = model.__name__
    return named if named.lower() == module.replace("_", "") else f"{module}.{named}"


# ---- our side: schemas flattened -------------------------------------------------------------


class Ours(NamedTuple):
    """A schema without its unions and references."""

    objects: tuple[Schema, ...]
    free: bool
    values: frozenset[Any]
    open_types: frozenset[str]
    items: tuple[Schema, ...]
    is_closed: bool


def leaves(schema: Schema, common: Schema) -> Iterator[Schema]:
    if "$ref" in schema:
        yield from leaves(common["$defs"][schema["$ref"].rpartition("/")[2]], common)
    elif "anyOf" in schema:
        for part in schema["anyOf"]:
            yield from leaves(part, common)
    else:
        yield schema


def type_names(schema: Schema) -> set[str]:
    named = schema.get("type", [])
    return {named} if isinstance(named, str) else set(named)


def ours(schemas: list[Schema], common: Schema) -> Ours:
    found = [leaf for schema in schemas for leaf in leaves(schema, common)]
    fixed = [leaf for leaf in found if "enum" in leaf or "const" in leaf]
    values = {value for leaf in fixed for value in leaf.get("enum", [leaf.get("const")])}
    values |= {value for leaf in found for value in leaf.get("x-known", ())}
    listed = [leaf for leaf in found if leaf in fixed or "x-known" in leaf]
    plain = set().union(*(type_names(leaf) for leaf in found if leaf not in listed))
    objects = [leaf for leaf in found if "properties" in leaf]
    return Ours(
        objects=tuple(objects),
        free=any("object" in type_names(leaf) and leaf not in objects for leaf in found),
        values=frozenset(values - {None}),
        open_types=frozenset(plain - {"null", "object", "array"}),
        items=tuple(leaf["items"] for leaf in found if "items" in leaf),
        is_closed=bool(fixed) and not plain - {"null", "object", "array"},
    )


# ---- the walk --------------------------------------------------------------------------------


class Walk:
    """Compares one side's events; ``found`` are the differences, each a line of text."""

    def __init__(self, sender: Sender, folder: SchemaFolder) -> None:
        self.sender = sender
        (self.common,) = folder.documents(closed=False).values()
        self.found: set[str] = set()

    def event(self, model: Any, schema: Schema) -> None:
        self._objects((model,), (schema,), "")

    def _differ(self, kind: str, where: str) -> None:
        self.found.add(f"{self.sender} {kind} {where}")

    def _objects(self, models: tuple[Any, ...], objects: tuple[Schema, ...], where: str) -> None:
        pairs = [(model, one) for model in models for one in objects if _belong(model, one)]
        for model in models:
            mine = [one for paired, one in pairs if paired is model]
            if mine:
                self._model(model, mine)
            else:
                self._differ("unknown-model", f"{where} {name_of(model)}")
        for one in objects:
            partners = [model for model, paired in pairs if paired is one]
            if not partners and models:
                self._differ("extra-object", f"{where} {_label(one)}")
            for name in one["properties"]:
                if partners and not any(name in fields(model) for model in partners):
                    for model in partners:
                        self._differ("extra-field", f"{name_of(model)}.{name}")

    def _model(self, model: Any, mine: list[Schema]) -> None:
        for name, field in fields(model).items():
            where = f"{name_of(model)}.{name}"
            schemas = [one["properties"][name] for one in mine if name in one["properties"]]
            if not schemas:
                self._differ("unknown-field", where)
                continue
            required = [name in one.get("required", ()) for one in mine]
            if field.is_required() and not all(required):
                self._differ("not-required", where)
            if not field.is_required() and any(required):
                self._differ("required", where)
            self._compare(theirs(field.annotation), ours(schemas, self.common), where)

    def _compare(self, they: Theirs, we: Ours, where: str) -> None:
        self._values(they, we, where)
        if missing := they.json_types - we.open_types - _covered(they, we):
            self._differ("unknown-type", f"{where} {' '.join(sorted(missing))}")
        if they.free and not we.free and not we.objects:
            self._differ("not-free", where)
        if they.models:
            self._objects(they.models, we.objects, where)
        if they.items:
            if not we.items:
                self._differ("no-list", where)
                return
            part = theirs(typing.Union[they.items])  # noqa: UP007
            self._compare(part, ours(list(we.items), self.common), where + "[]")

    def _values(self, they: Theirs, we: Ours, where: str) -> None:
        if they.is_closed and not we.values:
            self._differ("open", where)
            return
        if they.values and not they.is_closed and we.is_closed:
            self._differ("closed", where)
        if they.is_closed:
            for value in sorted(they.values - we.values, key=str):
                self._differ("unknown-value", f"{where} {value}")
            for value in sorted(we.values - they.values, key=str):
                self._differ("extra-value", f"{where} {value}")


def _covered(they: Theirs, we: Ours) -> set[str]:
    """JSON types of theirs that ours holds in another way."""
    covered = {"integer"} if "number" in we.open_types else set()
    return covered | {"string"} if any(isinstance(value, str) for value in we.values) else covered


def _belong(model: Any, one: Schema) -> bool:
    """Whether an object of ours is (one form of) a model of theirs, by type and role."""
    for name in ("type", "role"):
        constant = one["properties"].get(name, {}).get("const")
        field = fields(model).get(name)
        if constant is None:
            continue
        if field is None or constant not in theirs(field.annotation).values:
            return False
    return True


def _label(one: Schema) -> str:
    marks = [one["properties"].get(name, {}).get("const") for name in ("type", "role")]
    return " ".join(str(mark) for mark in marks if mark) or ",".join(one["properties"])


# ---- the tests -------------------------------------------------------------------------------


@cache
def unions(generation: str) -> dict[tuple[Sender, str], Any]:
    """The library's events of one generation by (sender, type)."""
    if generation == "ga":
        from openai.types import realtime as module
    else:
        from openai.types.beta import realtime as module  # type: ignore[no-redef]
    found = {}
    for sender, union in (
        (Sender.CLIENT, module.RealtimeClientEvent),
        (Sender.SERVER, module.RealtimeServerEvent),
    ):
        for model in alternatives(union):
            (type_,) = typing.get_args(fields(model)["type"].annotation)
            found[sender, type_] = model
    return found


def known(folder: SchemaFolder) -> set[tuple[Sender, str]]:
    return {(sender, name) for sender in Sender for name in folder.types(sender)}


def test_the_library_was_read_whole() -> None:
    senders = [sender for sender, _ in unions("ga")]
    assert senders.count(Sender.CLIENT) >= 11
    assert senders.count(Sender.SERVER) >= 46


def test_both_know_the_same_events() -> None:
    assert known(GA) == unions("ga").keys()


def test_both_know_the_same_beta_events() -> None:
    ours_only = {(Sender.SERVER, name) for name in TABLE["beta_only_here"]}
    assert known(BETA) - unions("beta").keys() == ours_only
    assert unions("beta").keys() <= known(BETA)


@cache
def differences() -> frozenset[str]:
    found: set[str] = set()
    for sender in Sender:
        walk = Walk(sender, GA)
        for (of, type_), model in unions("ga").items():
            kind = GA.kind(of, type_)
            if of is sender and kind is not None:
                walk.event(model, kind.schema)
        found |= walk.found
    return frozenset(found)


def allowed() -> dict[str, str]:
    return {line: group["why"] for group in TABLE["allowed"] for line in group["differences"]}


def test_every_difference_has_a_reason() -> None:
    assert sorted(differences() - allowed().keys()) == []


def test_every_reason_has_a_difference() -> None:
    assert sorted(allowed().keys() - differences()) == []


def test_reasons_are_sentences_and_stand_once() -> None:
    lines = [line for group in TABLE["allowed"] for line in group["differences"]]
    assert len(lines) == len(set(lines))
    assert all(len(group["why"]) > 20 for group in TABLE["allowed"])


def test_the_walk_sees_a_field_that_is_gone() -> None:
    kind = GA.kind(Sender.SERVER, "session.created")
    assert kind is not None
    walk = Walk(Sender.SERVER, GA)
    definition = walk.common["$defs"]["audio_output"]
    properties = {
        name: value for name, value in definition["properties"].items() if name != "speed"
    }
    defs = {**walk.common["$defs"], "audio_output": {**definition, "properties": properties}}
    walk.common = {**walk.common, "$defs": defs}
    walk.event(unions("ga")[Sender.SERVER, "session.created"], kind.schema)
    gone = "server unknown-field RealtimeAudioConfigOutput.speed"
    assert gone in walk.found - differences()
