"""The schemas of the Realtime packs: real frames pass, broken ones fail where they are broken."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import jsonschema_rs
import pytest
import yaml
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from rtdebug import resources
from rtdebug.model.records import Sender
from rtdebug.packs.schemas import MessageKind, SchemaFolder, close, refuse_to_fetch

FRAMES = {"openai-realtime": "frames", "openai-realtime-beta": "frames_beta"}
TABLES = {
    "openai-realtime": "broken_frames.yaml",
    "openai-realtime-beta": "broken_frames_beta.yaml",
}
FOLDERS = {pack: SchemaFolder(resources.schemas(pack)) for pack in FRAMES}
COUNTS = {"openai-realtime": (11, 46), "openai-realtime-beta": (12, 35)}
FORBIDDEN = {"allOf", "oneOf", "if", "then", "else", "unevaluatedProperties", "dependentSchemas"}


HERE = Path(__file__).parent


class Frame(NamedTuple):
    """One message of a data file; ``place`` is its file, its type and which of that type."""

    place: str
    sender: Sender
    event: dict[str, Any]

    @property
    def type(self) -> str:
        return str(self.event["type"])


class Broken(NamedTuple):
    """A good frame with one change, and the pointer of what is wrong with it now."""

    frame: Frame
    at: str


@cache
def frames(folder: str) -> dict[str, Frame]:
    """The good frames of a folder by their place."""
    found: dict[str, Frame] = {}
    for path in sorted((HERE / folder).glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            first = place = f"{path.stem} {row['event']['type']}"
            nth = 1
            while place in found:
                nth += 1
                place = f"{first} {nth}"
            found[place] = Frame(place, Sender(row["from"]), row["event"])
    return found


@cache
def broken(table: str, section: str, folder: str) -> list[Broken]:
    """The rows of one section of a table of broken frames."""
    rows = yaml.safe_load((HERE / table).read_text("utf-8"))[section]
    return [_broken(row, frames(folder)[row["frame"]]) for row in rows]


def _broken(row: dict[str, Any], good: Frame) -> Broken:
    event = copy.deepcopy(good.event)
    for pointer, value in row.get("set", {}).items():
        holder, last = _holder(event, pointer)
        holder[last] = value
    if "drop" in row:
        holder, last = _holder(event, row["drop"])
        del holder[last]
    assert event != good.event, f"{row} changes nothing"
    return Broken(Frame(good.place, good.sender, event), row["at"])


def _holder(event: Any, pointer: str) -> tuple[Any, Any]:
    *parents, last = pointer.split("/")[1:]
    for part in parents:
        event = event[int(part)] if isinstance(event, list) else event[part]
    return event, int(last) if isinstance(event, list) else last


def schema_files() -> list[Any]:
    return [
        pytest.param(pack, path, id=f"{pack}/{path.parent.name}/{path.stem}")
        for pack in FRAMES
        for path in sorted(resources.schemas(pack).rglob("*.json"))
    ]


def good_frames() -> list[Any]:
    return [
        pytest.param(pack, frame, id=f"{folder}/{place}")
        for pack, folder in FRAMES.items()
        for place, frame in frames(folder).items()
    ]


def broken_frames(*sections: str) -> list[Any]:
    return [
        pytest.param(pack, one, id=f"{folder}/{one.frame.place}{one.at}-{number}")
        for pack, folder in FRAMES.items()
        for section in sections
        for number, one in enumerate(broken(TABLES[pack], section, folder))
    ]


def kind_of(pack: str, frame: Frame) -> MessageKind:
    kind = FOLDERS[pack].kind(frame.sender, frame.type)
    assert kind is not None, f"no schema for {frame.sender} {frame.type}"
    return kind


def subschemas(schema: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema in a schema; what is data (enum, const, examples) is not one."""
    if isinstance(schema, list):
        for index, part in enumerate(schema):
            yield from subschemas(part, f"{pointer}/{index}")
    elif isinstance(schema, dict):
        yield pointer, schema
        for key, value in schema.items():
            if key in ("properties", "$defs"):
                for name, part in value.items():
                    yield from subschemas(part, f"{pointer}/{key}/{name}")
            elif key not in ("enum", "const", "examples", "x-known", "required"):
                yield from subschemas(value, f"{pointer}/{key}")


@pytest.mark.parametrize(("pack", "path"), schema_files())
class TestFile:
    def test_is_a_valid_schema_in_both_forms(self, pack: str, path: Path) -> None:
        schema = json.loads(path.read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator.check_schema(close(schema))

    def test_names_itself_and_says_what_it_is(self, pack: str, path: Path) -> None:
        schema = json.loads(path.read_text("utf-8"))
        place = path.relative_to(resources.schemas(pack)).as_posix()
        assert schema["$id"] == f"https://rtdebug.invalid/schemas/{pack}/{place}"
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert len(schema["description"]) > 10
        if path.name != "common.json":
            assert schema["title"] == schema["properties"]["type"]["const"] == path.stem
            assert schema["required"][0] == "type"

    def test_uses_only_what_can_be_closed_by_rote(self, pack: str, path: Path) -> None:
        for pointer, schema in subschemas(json.loads(path.read_text("utf-8"))):
            assert not FORBIDDEN & schema.keys(), pointer
            assert set(schema.get("required", ())) <= schema.get("properties", {}).keys(), pointer
            if "x-known" in schema:
                assert schema["type"] in ("string", ["string", "null"]), pointer
                assert "enum" not in schema, pointer
            if "$ref" in schema:
                assert schema.keys() == {"$ref"}, f"{pointer}: siblings of $ref are easily missed"

    def test_closing_leaves_nothing_open(self, pack: str, path: Path) -> None:
        for pointer, schema in subschemas(close(json.loads(path.read_text("utf-8")))):
            if "properties" in schema:
                assert schema["additionalProperties"] is False, pointer
            if "x-known" in schema:
                assert set(schema["x-known"]) <= set(schema["enum"]), pointer
                assert (None in schema["enum"]) == ("null" in schema["type"]), pointer

    def test_branches_are_told_apart_by_their_type(self, pack: str, path: Path) -> None:
        common = FOLDERS[pack].documents(closed=False)
        for pointer, schema in subschemas(json.loads(path.read_text("utf-8"))):
            objects = [
                branch["properties"]
                for branch in (_resolve(one, common) for one in schema.get("anyOf", ()))
                if "properties" in branch
            ]
            marks = [_mark(properties) for properties in objects]
            assert len(set(marks)) == len(marks), f"{pointer}: {marks}"


def _resolve(schema: dict[str, Any], documents: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    (common,) = documents.values()
    found: dict[str, Any] = common["$defs"][schema["$ref"].rpartition("/")[2]]
    return found


def _mark(properties: dict[str, Any]) -> tuple[object, ...]:
    return tuple(properties.get(name, {}).get("const") for name in ("type", "role"))


@pytest.mark.parametrize("pack", FRAMES)
class TestPack:
    def test_describes_every_event_of_the_protocol(self, pack: str) -> None:
        folder = FOLDERS[pack]
        assert (len(folder.types(Sender.CLIENT)), len(folder.types(Sender.SERVER))) == COUNTS[pack]

    def test_has_frames_of_every_type(self, pack: str) -> None:
        seen = {(frame.sender, frame.type) for frame in frames(FRAMES[pack]).values()}
        known = {(sender, name) for sender in Sender for name in FOLDERS[pack].types(sender)}
        assert seen == known

    def test_every_shared_definition_is_used_and_described(self, pack: str) -> None:
        text = "".join(path.read_text("utf-8") for path in resources.schemas(pack).rglob("*.json"))
        (common,) = FOLDERS[pack].documents(closed=False).values()
        for name, definition in common["$defs"].items():
            assert f'#/$defs/{name}"' in text, f"{name} is not used"
            assert definition.get("description") or definition.get("type") != "object", name

    def test_references_are_never_fetched(self, pack: str) -> None:
        schema = {"$ref": "https://rtdebug.invalid/schemas/nowhere.json"}
        with pytest.raises(Exception, match="nothing is fetched"):
            jsonschema_rs.Draft202012Validator(schema, retriever=refuse_to_fetch)
        assert all(
            FOLDERS[pack].kind(sender, name)  # compiles both forms, with that retriever
            for sender in Sender
            for name in FOLDERS[pack].types(sender)
        )


@pytest.mark.parametrize(("pack", "frame"), good_frames())
class TestRealFrame:
    def test_is_clean(self, pack: str, frame: Frame) -> None:
        kind = kind_of(pack, frame)
        faults = [one.message for one in kind.faults(frame.event)]
        news = [one.message for one in kind.unknown(frame.event)]
        assert (faults, news) == ([], [])
        assert kind.is_valid(frame.event)
        assert kind.is_clean(frame.event)

    def test_is_an_object_of_its_own_type_only(self, pack: str, frame: Frame) -> None:
        kind = kind_of(pack, frame)
        assert not kind.is_valid({**frame.event, "type": "response"})
        assert not kind.is_valid([frame.event])


@pytest.mark.parametrize(("pack", "one"), broken_frames("client", "server"))
def test_broken_frame_is_found_where_it_is_broken(pack: str, one: Broken) -> None:
    kind = kind_of(pack, one.frame)
    assert not kind.is_valid(one.frame.event)
    assert {fault.pointer for fault in kind.faults(one.frame.event)} == {one.at}


@pytest.mark.parametrize(("pack", "one"), broken_frames("unknown"))
def test_what_a_server_adds_is_news_and_no_fault(pack: str, one: Broken) -> None:
    kind = kind_of(pack, one.frame)
    assert kind.is_valid(one.frame.event)
    assert not kind.is_clean(one.frame.event)
    assert {news.pointer for news in kind.unknown(one.frame.event)} == {one.at}


@pytest.mark.parametrize("pack", FRAMES)
def test_both_validators_agree(pack: str) -> None:
    """jsonschema, which words the errors, and jsonschema-rs, which gives the verdict."""
    table = [one.frame for section in ("client", "server", "unknown") for one in
             broken(TABLES[pack], section, FRAMES[pack])]  # fmt: skip
    for closed in (False, True):
        documents = FOLDERS[pack].documents(closed=closed)
        registry: Any = Registry().with_resources(
            (uri, DRAFT202012.create_resource(document)) for uri, document in documents.items()
        )
        for frame in [*frames(FRAMES[pack]).values(), *table]:
            source = kind_of(pack, frame).schema
            schema = close(source) if closed else source
            slow = jsonschema.Draft202012Validator(schema, registry=registry)
            fast = FOLDERS[pack].verdict(schema, closed=closed)
            assert slow.is_valid(frame.event) == fast(frame.event), frame


@pytest.mark.parametrize("size", [512, 513])
def test_a_client_may_name_its_events_in_512_characters(size: int) -> None:
    kind = FOLDERS["openai-realtime"].kind(Sender.CLIENT, "response.create")
    assert kind is not None
    assert kind.is_valid({"type": "response.create", "event_id": "x" * size}) == (size == 512)


@pytest.mark.parametrize(
    ("metadata", "good"),
    [
        ({f"key{n}": "v" for n in range(16)}, True),
        ({f"key{n}": "v" for n in range(17)}, False),
        ({"k" * 64: "v" * 512}, True),
        ({"k" * 65: "v"}, False),
        ({"k": "v" * 513}, False),
    ],
)
def test_metadata_is_16_pairs_of_64_and_512_characters(metadata: object, good: bool) -> None:
    kind = FOLDERS["openai-realtime"].kind(Sender.CLIENT, "response.create")
    assert kind is not None
    assert kind.is_valid({"type": "response.create", "response": {"metadata": metadata}}) == good
