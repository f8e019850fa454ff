"""Secrets in a decoded message: by the name of a member, and by shape in every string.

Keys, types and lengths stay. What is never touched: what a message is and what it belongs to (its
type, its ids), and the parameters of tools, which are schemas and may well describe a password.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rtdebug.secrets.names import names_a_secret
from rtdebug.secrets.shapes import plain_words
from rtdebug.secrets.span import Span
from rtdebug.secrets.stand_ins import stand_in, without

BUDGET = 100_000
"""Characters of one message that are looked at closely; what is beyond is masked unread."""
_DEEPEST = 60
_SMALL = 1000  # a smaller number under a secret's name is a count
_KEPT = frozenset(
    {
        "type", "object", "id", "event_id", "item_id", "response_id", "call_id", "role", "status",
        "previous_item_id", "conversation_id", "session_id", "approval_request_id", "index",
    }
)  # fmt: skip
_SCHEMA_TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})
_SCHEMA_SIGNS = frozenset({"$ref", "anyOf", "oneOf", "allOf", "enum", "properties", "items"})
_NAMELESS = frozenset({"logprobs"})  # their "token" is a word that was said
_PAIR = 2
Masked = TypeVar("Masked")
# What may stay of a value that is secret as a whole: which kind of key it is.
_KINDS = frozenset({"ek_", "sk-", "Bearer ", "Bearer ek_", "Bearer sk-"})


class Members:
    """The walk through one message. ``spans`` finds the secrets in a string, ``harmless`` is the
    quick look for them. ``pointers`` are the places where something was taken out, ``secrets``
    what was."""

    def __init__(self, spans: Callable[[str], list[Span]], harmless: Callable[[str], bool]) -> None:
        self.pointers: list[str] = []
        self.secrets: list[str] = []
        self._spans = spans
        self._harmless = harmless
        self._left = BUDGET

    def masked(self, value: Any) -> Any:
        """``value`` without secrets; the same object when there are none."""
        return self._value(value, "", 0)

    def _value(self, value: Any, at: str, depth: int, *, tools: bool = False) -> Any:
        if value.__class__ is str:
            return self._text(value, at)
        if depth > _DEEPEST:
            return self._all(value, at, depth) if isinstance(value, dict | list) else value
        if isinstance(value, dict):
            return self._object(value, at, depth, tools)
        if isinstance(value, list):
            return self._list(value, at, depth, tools)
        return value

    def _object(self, value: dict[str, Any], at: str, depth: int, tools: bool) -> dict[str, Any]:
        changed: dict[str, Any] = {}
        nameless = "logprob" in value
        told = value.get("name", value.get("key"))
        named = told.__class__ is str and names_a_secret(told, alone=True)
        for key, one in value.items():
            if key in _KEPT and not isinstance(one, dict | list):
                continue
            if tools and key == "parameters":
                continue
            where = f"{at}/{_token(key)}"
            if (not nameless and _tells(key, one)) or (named and key == "value"):
                new = self._named(one, where, depth + 1)
            else:
                new = self._value(one, where, depth + 1, tools=tools or key == "tools")
            if new is not one:
                changed[key] = new
        return {**value, **changed} if changed else value

    def _list(self, value: list[Any], at: str, depth: int, tools: bool) -> list[Any]:
        if len(value) == _PAIR and value[0].__class__ is value[1].__class__ is str:
            if names_a_secret(value[0], alone=True):
                return [value[0], self._named(value[1], f"{at}/1", depth)]
        new = [
            self._value(one, f"{at}/{position}", depth + 1, tools=tools)
            for position, one in enumerate(value)
        ]
        same = all(one is two for one, two in zip(new, value, strict=True))
        return value if same else new

    def _named(self, value: Any, at: str, depth: int) -> Any:
        """What stands under the name of a secret."""
        if isinstance(value, dict) and _is_schema(value):
            return self._value(value, at, depth)
        return self._all(value, at, depth)

    def _all(self, value: Any, at: str, depth: int) -> Any:
        """Every string and long number in ``value``, whatever it is."""
        if value.__class__ is str:
            return self._whole(value, at)
        if value.__class__ is int:
            return self._number(value, at) if abs(value) >= _SMALL else value
        if depth > 2 * _DEEPEST:
            return self._mark(at, type(value)()) if isinstance(value, dict | list) else value
        if isinstance(value, dict):
            new = {
                key: one if key in _KEPT or key.endswith(("_at", "_in")) else
                self._all(one, f"{at}/{_token(key)}", depth + 1)
                for key, one in value.items()
            }  # fmt: skip
            return value if all(new[key] is value[key] for key in value) else new
        if isinstance(value, list):
            rest = [self._all(one, f"{at}/{n}", depth + 1) for n, one in enumerate(value)]
            return value if all(map(_same, rest, value)) else rest
        return value

    def _number(self, value: int, at: str) -> int:
        """As many digits, all the same."""
        if value.bit_length() > 4 * 4300:  # Python refuses to print it
            return self._mark(at, 0)
        return self._mark(at, int("1" * len(str(abs(value)))))

    def _whole(self, text: str, at: str) -> str:
        if not text or text == stand_in(len(text)):
            return text
        self.secrets.append(text)
        spans = self._spans(text) if len(text) < self._left else []
        if len(spans) == 1 and spans[0].end == len(text) and text[: spans[0].start] in _KINDS:
            return self._mark(at, without(text, spans, same_length=True))
        return self._mark(at, stand_in(len(text)))

    def _text(self, text: str, at: str) -> str:
        if self._harmless(text):
            return text
        if len(text) > self._left:
            return self._mark(at, stand_in(len(text)))
        self._left -= len(text)
        spans = self._spans(text)
        if not spans:
            return text
        self.secrets += (text[start:end] for _, start, end in spans)
        return self._mark(at, without(text, spans, same_length=True))

    def _mark(self, at: str, new: Masked) -> Masked:
        self.pointers.append(at)
        return new


def _tells(key: str, value: Any) -> bool:
    """Whether the name of a member says that its value is a secret; a bare "key" does, unless its
    value is plain words."""
    if names_a_secret(key):
        return True
    return value.__class__ is str and names_a_secret(key, alone=True) and not plain_words(value)


def _is_schema(value: dict[str, Any]) -> bool:
    """Whether an object describes a value instead of holding it."""
    kind = value.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    known = all(one.__class__ is str and one in _SCHEMA_TYPES for one in kinds)
    return (known and kind is not None) or not _SCHEMA_SIGNS.isdisjoint(value)


def _same(one: object, two: object) -> bool:
    return one is two


def _token(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
