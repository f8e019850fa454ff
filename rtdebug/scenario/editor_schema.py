"""The JSON Schema of scenario files for editors: draft-07, with a pack's client events inside.

``python -m rtdebug.scenario.editor_schema`` writes it anew to schemas/rtdebug.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rtdebug.resources import schemas
from rtdebug.scenario.editor_events import Schema, event_definitions
from rtdebug.scenario.editor_steps import step_definitions
from rtdebug.scenario.mock_script import RECORDING_KEYS

PACK = "openai-realtime"
_RECORDING = {
    "description": "A recording: each ask is answered with what followed it there.",
    "type": "object",
    "required": ["from"],
    "additionalProperties": False,
    "properties": {
        "from": {"type": "string", "description": "The file, beside the scenario."},
        **{
            key: {"description": "A fault, by types of events and by facts of the pack."}
            for key in RECORDING_KEYS[1:]
        },
    },
}


def build(
    client: Mapping[str, Schema], common: Schema, server_types: Iterable[str], mock: Schema
) -> Schema:
    """The schema, from a pack's client schemas by type, its shared objects, the types its server
    sends, and the schema of mock scripts."""
    definitions = {
        "placeholder": {
            "description": "A text with ${name}, ${name.field}, ${env.NAME} or ${name:-default}.",
            "type": "string",
            "pattern": r"\$\{",
        },
        "duration": {
            "description": "A number and its unit.",
            "type": "string",
            "pattern": r"^[0-9]+(\.[0-9]+)?(ms|s|m|h)$|\$\{",
            "examples": ["250ms", "5s", "2m"],
        },
        **step_definitions(sorted(client), sorted(server_types)),
        **event_definitions(client, common),
        **_mock_definitions(mock),
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://rtdebug.invalid/schemas/rtdebug/scenario.schema.json",
        "title": "rtdebug scenario",
        "description": "One session: what a client sends and what it expects of the server.",
        "type": "object",
        "required": ["rtdebug", "steps"],
        "additionalProperties": False,
        "properties": _properties(),
        "if": {"properties": {"pack": {"const": PACK}}},
        "then": {"properties": {"steps": {"$ref": "#/definitions/steps"}}},
        "definitions": definitions,
    }


def _properties() -> Schema:
    return {
        "rtdebug": {"description": "The version of the scenario language.", "const": 1},
        "name": _text("What reports call it; the name of the file if absent.", "Text turn"),
        "description": _text("What it is for.", "Says hello and expects an answer."),
        "pack": _text(f"The protocol; {PACK} if absent.", PACK),
        "target": _target(),
        "mock": {
            "description": "What the embedded server says and does wrong, or a file that says it.",
            "anyOf": [{"$ref": "#/definitions/mock"}, {"type": "string"}, _RECORDING],
            "examples": [{"reply": {"text": "Hello! How can I help?"}}],
        },
        "vars": {
            "description": "Values for ${name}; --var NAME=VALUE overrides them.",
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "not": {"const": "env"}},
            "examples": [{"greeting": "Hello"}],
        },
        "timeout": {
            "description": "How long each expectation waits that has no `within`; 10s if absent.",
            "$ref": "#/definitions/duration",
        },
        "steps": {"description": "What is sent and expected, in order.", "minItems": 1}
        | {"type": "array"},
        "tools": _tools(),
        "limits": _limits(),
        "tags": {
            "description": "Names that `rtdebug run --tag` chooses by.",
            "type": "array",
            "items": {"type": "string", "pattern": r"^[\w.:/-]+$"},
            "examples": [["smoke"]],
        },
        "on_stall": {
            "description": "What to do once a step has waited in vain for an open response: ask"
            " the server to cancel it (probe, if absent), which tells a stuck response from lost"
            " events, or nothing.",
            "enum": ["probe", "none"],
            "examples": ["none"],
        },
        "ignore": {
            "description": "Findings that do not count in this scenario.",
            "type": "array",
            "items": {"type": "string"},
            "examples": [["rate-limit-low"]],
        },
    }


def _text(description: str, example: str) -> Schema:
    return {"description": description, "type": "string", "examples": [example]}


def _target() -> Schema:
    return {
        "description": "Where to connect; the embedded mock if absent.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "url": {
                "description": "`mock`, or a ws:// or wss:// URL.",
                "type": "string",
                "pattern": r"^mock$|^wss?://|\$\{",
                "examples": ["mock", "${env.RTDEBUG_URL:-mock}"],
            },
            "headers": {
                "description": "HTTP headers of the upgrade; keep keys in the environment.",
                "type": "object",
                "additionalProperties": {"type": ["string", "number", "boolean"]},
                "examples": [{"Authorization": "Bearer ${env.OPENAI_API_KEY:-none}"}],
            },
            "subprotocols": {
                "description": "WebSocket subprotocols to offer.",
                "type": "array",
                "minItems": 1,
                "items": {"type": "string"},
                "examples": [["realtime"]],
            },
        },
    }


def _tools() -> Schema:
    return {
        "description": "Answers function calls by itself, then asks for one response.",
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "required": ["output"],
            "properties": {
                "output": {
                    "description": "What the function returns; ${arguments.x} is what it got."
                }
            },
        },
        "examples": [{"get_weather": {"output": {"temp_c": 21}}}],
    }


def _limits() -> Schema:
    return {
        "description": "Bounds every response must keep; one that cannot be measured fails.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "first_delta": _limit("From response.created to the first delta."),
            "response": _limit("From response.created to response.done."),
        },
        "examples": [{"first_delta": "2s", "response": {"max": "10s", "p95": "5s"}}],
    }


def _limit(description: str) -> Schema:
    duration: Schema = {"$ref": "#/definitions/duration"}
    shares: Schema = {
        "description": "For every response, or for a share of those of all plays (--repeat).",
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {"max": duration, "p95": duration, "p50": duration},
    }
    return {"description": description, "anyOf": [duration, shares]}


def _mock_definitions(mock: Schema) -> dict[str, Any]:
    """The schema of mock scripts as definitions of this one."""
    text = json.dumps(mock).replace('"#/definitions/', '"#/definitions/mock.')
    whole: Schema = json.loads(text)
    inner = whole.pop("definitions", {})
    kept = {key: part for key, part in whole.items() if not key.startswith("$")}
    return {"mock": kept, **{f"mock.{name}": part for name, part in inner.items()}}


def read_and_build() -> Schema:
    """The schema, from the files that ship."""
    client = {path.stem: _read(path) for path in schemas(PACK, "client").glob("*.json")}
    server = [path.stem for path in schemas(PACK, "server").glob("*.json")]
    common = _read(schemas(PACK, "common.json"))
    return build(client, common, server, _read(schemas("rtdebug", "mock.schema.json")))


def as_text(schema: Schema) -> str:
    """The schema as the file holds it."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _read(path: Path) -> Schema:
    loaded: Schema = json.loads(path.read_text(encoding="utf-8"))
    return loaded


if __name__ == "__main__":
    schemas("rtdebug", "scenario.schema.json").write_text(
        as_text(read_and_build()), encoding="utf-8"
    )
