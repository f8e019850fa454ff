"""The published schema of the report, as it is and closed (fields it does not name are refused)."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from rtdebug.resources import schemas

SCHEMA: dict[str, Any] = json.loads(schemas("rtdebug", "report.schema.json").read_text("utf-8"))


def closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [closed(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return {**inner, "additionalProperties": False} if "properties" in schema else inner


VALIDATOR = Draft202012Validator(closed(SCHEMA))


def faults(document: Any) -> list[str]:
    return [error.message[:200] for error in VALIDATOR.iter_errors(document)]
