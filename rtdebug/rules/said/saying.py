"""Base of the rules that read the pack's error table: the peer says it, the table names it."""

from __future__ import annotations

from typing import Any

from rtdebug.catalogue.entry import Entry
from rtdebug.engine.rule import NeutralRule
from rtdebug.engine.weighing import weighed
from rtdebug.packs.errors import Said
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.redaction import DEFAULT


class NeutralSayingRule(NeutralRule):
    """Names come from the table, so the class has none of its own."""

    name = ""

    def texts(self, said: Said) -> tuple[Entry, ...]:
        """What the table says of it; empty when it has no row."""
        return tuple(weighed(one, self.state) for one in self.state.pack.errors.matches(said))


class SayingRule(NeutralSayingRule, Rule):
    """The same for rules that read the state of a grammar."""


def quoted(code: str | None, type_: str | None, message: str) -> str:
    """What was said, as a message quotes it."""
    name = code or type_
    words = f'"{DEFAULT.quote(message, 400)}"' if message else "nothing more"
    return f"{name}: {words}" if name else words


def text_of(value: Any) -> str | None:
    """A string, or None for anything else."""
    return value if isinstance(value, str) else None


def object_of(value: Any) -> dict[str, Any]:
    """An object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def error_of(payload: dict[str, Any]) -> dict[str, Any]:
    """The error of an event: in ``error``, in the whole event that an SDK wraps once more, or, as
    xAI sends it, beside the type."""
    body = object_of(payload.get("error"))
    if body.get("type") == "error" and (inner := object_of(body.get("error"))):
        return inner
    if "error" in payload:
        return body
    words = [text_of(payload.get(name)) for name in ("message", "params")]
    return {
        "code": payload.get("code"),
        "param": payload.get("param"),
        "message": ": ".join(word for word in words if word),
    }
