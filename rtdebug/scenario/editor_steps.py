"""The steps of the scenario language as JSON Schema draft-07, with a sentence for each key."""

from __future__ import annotations

from collections.abc import Sequence

from rtdebug.scenario.editor_events import PLACEHOLDER, Schema
from rtdebug.scenario.step_shapes import STEP_KEYS

_DURATION: Schema = {"$ref": "#/definitions/duration"}
_NAMES: Schema = {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "not": {"const": "env"}}


def step_definitions(client_types: Sequence[str], server_types: Sequence[str]) -> dict[str, Schema]:
    """Definitions of the list of steps, each step, and the events they name."""
    found = {
        "steps": {
            "type": "array",
            "minItems": 1,
            "items": {"$ref": "#/definitions/step"},
        },
        "step": _step(),
        "client_event": _client_event(client_types),
        "known_event": _server_event({"enum": list(server_types)}),
        "any_event": _server_event({"type": "string"}),
        "known_choice": _choice("known_event"),
        "any_choice": _choice("any_event"),
        "after": _after(),
    }
    for name, keys in STEP_KEYS.items():
        found[f"step.{name}"] = _one(name, keys)
    return found


def _step() -> Schema:
    """Whichever step it is decides what may stand in it, so that an editor shows only that."""
    return {
        "type": "object",
        "minProperties": 1,
        "properties": {name: {"description": text} for name, text in _SAYS.items()},
        "anyOf": [{"required": [name]} for name in STEP_KEYS],
        "allOf": [
            {"if": {"required": [name]}, "then": {"$ref": f"#/definitions/step.{name}"}}
            for name in STEP_KEYS
        ],
    }


def _one(name: str, keys: Sequence[str]) -> Schema:
    properties = {name: {"description": _SAYS[name], **_VALUES.get(name, {})}}
    properties |= {key: _OPTIONS[key] for key in keys}
    found: Schema = {"additionalProperties": False, "properties": properties}
    if name in ("repeat", "for_each"):
        found["required"] = ["steps"]
    if name == "send":
        checked = {"properties": {"send": {"anyOf": [{"$ref": "#/definitions/client_event"}]}}}
        checked["properties"]["send"]["anyOf"].append(PLACEHOLDER)
        found |= {"if": _flag("raw"), "else": checked}
    elif name in ("expect", "absent", "expect_all", "expect_any"):
        found |= {
            "if": _flag("unknown"),
            "then": {"properties": _events(name, "any")},
            "else": {"properties": _events(name, "known")},
        }
    return found


def _flag(name: str) -> Schema:
    return {"required": [name], "properties": {name: {"enum": [True]}}}


def _events(name: str, which: str) -> Schema:
    event = {"$ref": f"#/definitions/{which}_event"}
    if name in ("expect", "absent"):
        return {name: event, **({"until": event} if name == "absent" else {})}
    choice = {"$ref": f"#/definitions/{which}_choice"}
    return {name: {"type": "array", "minItems": 1, "items": choice}}


def _client_event(types: Sequence[str]) -> Schema:
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": list(types)}},
        "allOf": [
            {
                "if": {"required": ["type"], "properties": {"type": {"const": type_}}},
                "then": {"$ref": f"#/definitions/client.{type_}"},
            }
            for type_ in types
        ],
    }


def _server_event(type_: Schema) -> Schema:
    """A type, or a mapping of what must match; a matcher may stand for the type."""
    return {
        "anyOf": [
            type_,
            PLACEHOLDER,
            {
                "type": "object",
                "minProperties": 1,
                "properties": {
                    "type": {"anyOf": [type_, PLACEHOLDER, {"type": "object"}]},
                    **{key: False for key in ("within", "count", "where", "capture", "as", "next")},
                },
            },
        ]
    }


def _choice(event: str) -> Schema:
    """One of several expected events, with what belongs to it."""
    keys = ("where", "capture", "as", "unknown")
    return {
        "if": {"type": "object", "required": ["expect"]},
        "then": {
            "additionalProperties": False,
            "properties": {
                "expect": {},
                "then": {"description": "The steps that follow.", "$ref": "#/definitions/steps"},
                **{key: _OPTIONS[key] for key in keys},
            },
            **_known_unless_accepted("expect", event),
        },
        "else": {"$ref": f"#/definitions/{event}"},
    }


def _after() -> Schema:
    return {
        "if": {"type": "object"},
        "then": {
            "required": ["event"],
            "additionalProperties": False,
            "properties": {
                "event": {"description": "The event that has come."},
                "delay": {"description": "How long after it.", **_DURATION},
                "where": _OPTIONS["where"],
                "unknown": _OPTIONS["unknown"],
            },
            **_known_unless_accepted("event", "known_event"),
        },
        "else": {"$ref": "#/definitions/known_event"},
    }


def _known_unless_accepted(key: str, event: str) -> Schema:
    return {
        "if": _flag("unknown"),
        "then": {"properties": {key: {"$ref": "#/definitions/any_event"}}},
        "else": {"properties": {key: {"$ref": f"#/definitions/{event}"}}},
    }


def _or_placeholder(*schemas: Schema) -> Schema:
    return {"anyOf": [*schemas, PLACEHOLDER]}


_WHOLE: Schema = {"type": "integer", "minimum": 0}
_FLAG = _or_placeholder({"type": "boolean"})

_SAYS = {
    "send": "Sends this event, checked against the pack first.",
    "expect": "Waits for the next event that matches; others may come between.",
    "expect_all": "Waits for all of these, in any order.",
    "expect_any": "Waits for one of these; each may have its own `then`.",
    "absent": "No such event may come, `for` a time or `until` another comes.",
    "send_audio": "Sends a WAV, raw PCM or G.711 file as append events.",
    "wait": "Lets time pass.",
    "close": "Closes the connection.",
    "expect_close": "Waits for the connection to be closed.",
    "repeat": "Plays `steps` so many times; ${index} counts from 0.",
    "for_each": "Plays `steps` for each of these; ${item} is the one.",
    "include": "Plays the steps of another file under the folder of the scenario.",
}

_CLOSE: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "code": _or_placeholder({"type": "integer", "minimum": 1000, "maximum": 4999}),
        "reason": {"type": "string"},
        "abort": {**_FLAG, "description": "Drops the connection without a close frame."},
    },
}
_CLOSED: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"code": {}, "reason": {}, "by": {}},
}

_VALUES: dict[str, Schema] = {
    "send_audio": {"type": "string", "examples": ["hello.wav"]},
    "wait": {**_DURATION},
    "close": {"anyOf": [{"type": ["integer", "null"]}, _CLOSE], "examples": [{"code": 1000}]},
    "expect_close": {"anyOf": [{"type": ["integer", "null"]}, _CLOSED]},
    "repeat": _or_placeholder({**_WHOLE, "minimum": 1}),
    "for_each": _or_placeholder({"type": "array", "minItems": 1}),
    "include": {"type": "string", "examples": ["parts/greeting.yaml"]},
}

_OPTIONS: dict[str, Schema] = {
    "raw": {**_FLAG, "description": "Sends it unchecked, text as it stands."},
    "after": {
        "description": "Sent when this event has come, without blocking the steps.",
        "$ref": "#/definitions/after",
    },
    "within": {"description": "How long it waits; `timeout` if absent.", **_DURATION},
    "count": {
        "description": "How many: a number, or bounds. More than `max` before what the next "
        "expectation matches is too many.",
        "anyOf": [
            _WHOLE,
            PLACEHOLDER,
            {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": False,
                "properties": {"min": _or_placeholder(_WHOLE), "max": _or_placeholder(_WHOLE)},
            },
        ],
        "examples": [{"min": 1}],
    },
    "next": {**_FLAG, "description": "The very next event must match."},
    "where": {
        "description": "Dotted paths and what must be there.",
        "type": "object",
        "examples": [{"response.output.0.type": "message"}],
    },
    "capture": {
        "description": "Keeps fields: a name, and the dotted path of the field.",
        "type": "object",
        "propertyNames": _NAMES,
        "additionalProperties": {"type": "string"},
        "examples": [{"session": "session.id"}],
    },
    "as": {"description": "A name: for the whole event, or for the item of a loop."}
    | {"type": "string", **_NAMES},
    "unknown": {**_FLAG, "description": "Accepts events and fields the pack does not know."},
    "for": {"description": "For how long.", **_DURATION},
    "until": {"description": "Until this event comes."},
    "chunk": {"description": "How much one append event holds; 100ms if absent.", **_DURATION},
    "pace": {
        "description": "As it would be spoken, or all at once.",
        "anyOf": [{"enum": ["realtime", "fast"]}, PLACEHOLDER],
    },
    "silence": {"description": "Silence after the sound.", **_DURATION},
    "commit": {**_FLAG, "description": "Commits the audio buffer at the end; false if absent."},
    "steps": {"description": "The steps to repeat.", "$ref": "#/definitions/steps"},
}
