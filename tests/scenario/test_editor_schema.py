"""The schema editors read: it is fresh, it takes what the loader takes, it refuses what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from rtdebug.documents import load_document
from rtdebug.errors import DocumentError
from rtdebug.resources import scenarios, schemas
from rtdebug.scenario.editor_events import event_definitions
from rtdebug.scenario.editor_schema import as_text, read_and_build
from rtdebug.scenario.step_shapes import STEP_KEYS

FILE = schemas("rtdebug", "scenario.schema.json")
SCHEMA = json.loads(FILE.read_text(encoding="utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)
HERE = Path(__file__).parent

SHIPPED = sorted(scenarios().rglob("*.yaml"))
PLAYED = [
    pytest.param({"rtdebug": 1, **case["scenario"]}, id=f"{path.stem}: {case['title']}")
    for path in sorted((HERE / "plays").glob("*.yaml"))
    for case in load_document(path).value
]
# What only reading a scenario can know: names, files, regular expressions, loops, sums.
BEYOND_A_SCHEMA = {
    "audio-after-g711", "audio-missing", "audio-mp3", "audio-not-a-wav", "audio-odd-length",
    "audio-stereo", "audio-wrong-rate", "absent-without-end", "absent-with-both-ends",
    "capture-over-loop-item", "close-code-reserved", "close-reason-long", "count-beside-next",
    "count-upside-down", "duration-zero", "env-not-a-number", "env-secret-in-text", "env-unset",
    "expect-capture-unknown-field", "expect-unknown-field", "expect-where-unknown-field",
    "expect-impossible-fields", "expect-impossible-values",
    "ignore-unknown-finding", "include-folder", "include-itself", "include-missing",
    "include-outside", "include-wrong", "matcher-absent-in-list", "matcher-any-false",
    "matcher-gt-text", "matcher-mixed", "matcher-unknown", "name-captured-later",
    "name-part-missing", "name-too-late-for-a-duration", "name-unknown", "no-expectation",
    "placeholder-odd", "placeholder-open", "regex-broken", "regex-lookahead", "regex-nested",
    "repeat-explodes", "target-header-name", "target-header-two-lines", "vars-growing",
}  # fmt: skip


def test_the_file_is_as_it_would_be_written_now() -> None:
    written = FILE.read_text(encoding="utf-8")
    assert written == as_text(read_and_build()), "run: python -m rtdebug.scenario.editor_schema"


def test_it_is_a_schema_in_the_draft_editors_read() -> None:
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(SCHEMA)


def nodes(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, dict):
        return [schema, *(node for inner in schema.values() for node in nodes(inner))]
    return [node for inner in schema for node in nodes(inner)] if isinstance(schema, list) else []


def test_every_reference_leads_somewhere_and_nothing_of_another_draft_is_left() -> None:
    for node in nodes(SCHEMA):
        assert not node.keys() & {"$defs", "x-known", "unevaluatedProperties"}
        if isinstance(node.get("$ref"), str):
            assert node["$ref"].removeprefix("#/definitions/") in SCHEMA["definitions"]


def test_every_key_of_the_language_says_what_it_is_for() -> None:
    for key in SCHEMA["properties"].values():
        assert key["description"]
    for name, keys in STEP_KEYS.items():
        properties = SCHEMA["definitions"][f"step.{name}"]["properties"]
        assert set(properties) == {name, *keys}
        assert all(one["description"] for one in properties.values())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_it_takes_every_scenario_that_ships(path: Path) -> None:
    value = load_document(path).value
    if isinstance(value, dict) and "rtdebug" in value:
        assert [error.message for error in VALIDATOR.iter_errors(value)] == []


@pytest.mark.parametrize("scenario", PLAYED)
def test_it_takes_what_can_be_played(scenario: dict[str, Any]) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(scenario)] == []


@pytest.mark.parametrize(
    "path", sorted((HERE / "errors").glob("*.yaml")), ids=lambda path: path.stem
)
def test_it_refuses_what_is_refused_where_a_schema_can(path: Path) -> None:
    try:
        value = load_document(path).value
    except DocumentError:
        return
    assert VALIDATOR.is_valid(value) is (path.stem in BEYOND_A_SCHEMA)


def test_what_is_beyond_a_schema_is_a_case() -> None:
    assert {path.stem for path in (HERE / "errors").glob("*.yaml")} >= BEYOND_A_SCHEMA


def test_events_of_another_pack_are_left_to_the_loader() -> None:
    step = {"send": {"setup": {"model": "x"}}}
    assert not VALIDATOR.is_valid({"rtdebug": 1, "steps": [step]})
    assert VALIDATOR.is_valid({"rtdebug": 1, "pack": "gemini-live", "steps": [step]})


def test_an_event_is_turned_into_draft_7_with_places_for_placeholders() -> None:
    common = {
        "$defs": {
            "item": {"type": "object", "properties": {"next": {"$ref": "#/$defs/item"}}},
            "unused": {"type": "string"},
        }
    }
    event = {
        "$id": "https://rtdebug.invalid/x",
        "description": "An event.",
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"const": "a"},
            "text": {"type": "string", "maxLength": 5},
            "kind": {"type": ["string", "null"], "x-known": ["b"], "description": "Which."},
            "item": {"$ref": "../common.json#/$defs/item"},
            "many": {"type": "array", "items": {"type": "integer"}},
            "one": {"anyOf": [{"type": "integer"}, {"const": "inf"}]},
            "free": {"type": "object", "additionalProperties": True},
        },
    }
    hole = {"$ref": "#/definitions/placeholder"}
    item = {"$ref": "#/definitions/item"}
    assert event_definitions({"a": event}, common) == {
        "client.a": {
            "description": "An event.",
            "type": "object",
            "required": ["type"],
            "additionalProperties": False,
            "properties": {
                "type": {"const": "a"},
                "text": {"type": "string", "maxLength": 5},
                "kind": {
                    "description": "Which.",
                    "anyOf": [{"type": ["string", "null"], "enum": ["b", None]}, hole],
                },
                "item": {"anyOf": [item, hole]},
                "many": {
                    "anyOf": [
                        {"type": "array", "items": {"anyOf": [{"type": "integer"}, hole]}},
                        hole,
                    ]
                },
                "one": {"anyOf": [{"type": "integer"}, {"const": "inf"}, hole]},
                "free": {"anyOf": [{"type": "object", "additionalProperties": True}, hole]},
            },
        },
        "item": {
            "type": "object",
            "properties": {"next": {"anyOf": [item, hole]}},
            "additionalProperties": False,
        },
    }
