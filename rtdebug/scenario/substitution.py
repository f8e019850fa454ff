"""Puts values in place of ``${name}`` in what a scenario says.

``${name}`` is a variable, a captured value or the item of a loop; ``${name.field.0}`` a part of
it; ``${env.NAME}`` an environment variable; ``:-`` introduces a default. A text that is nothing
but one placeholder becomes the value itself, with its type; inside a longer text the value is
written out. ``$${`` stands for ``${``. Nothing is evaluated.

An environment variable is text, unless its default has another type: ``${env.RATE:-24000}`` is a
number either way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from rtdebug.documents import JsonPath, scalar
from rtdebug.model.value import EMPTY, Value
from rtdebug.redaction import REDACTED, SHORTEST_SECRET
from rtdebug.spelling import did_you_mean

MAX_CHARS = 16 * 1024 * 1024
MAX_VALUES = 200_000

_TOKEN = re.compile(r"\$\$\{|\$\{([^{}]*)(\}?)")
_REFERENCE = re.compile(r"\s*([A-Za-z_]\w*(?:\.[^.:\s}]+)*)\s*(?::-(.*))?\Z", re.DOTALL | re.ASCII)
_NAME = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)
_SECRET = (
    r"(?:^|[^a-z])(?:keys?|apikeys?|token|secrets?|passw(?:or)?d|pwd|auth|authorization|"
    r"credentials?|headers|cookies?|sig|signature)(?:$|[^a-z])"
)


class SubstitutionError(Exception):
    """A placeholder that cannot be replaced, at ``path`` inside the value it stands in."""

    def __init__(self, path: JsonPath, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.hint = hint


class Names(Value):
    """What can be named. ``env`` None means that the environment is not known, and ``unknown``
    are the names whose values hang on it; ``later`` are names that get their value while the
    scenario plays. With ``secrets`` an environment variable that looks like a secret may be used
    anywhere, otherwise only under a key that says so."""

    values: Mapping[str, Any] = EMPTY
    env: Mapping[str, str] | None = None
    later: AbstractSet[str] = frozenset()
    unknown: AbstractSet[str] = frozenset()
    secrets: bool = False

    def __repr__(self) -> str:
        return self._shown("env")


class Substituted(Value):
    """``open`` are the paths whose value is not known yet; their placeholders still stand.
    ``waits`` says that one of them gets its value only while the scenario plays."""

    value: Any
    open: tuple[JsonPath, ...] = ()
    waits: bool = False


def substitute(value: Any, scope: Names) -> Substituted:
    """``value`` with its placeholders replaced; SubstitutionError for one that names nothing."""
    run = _Run(scope)
    return Substituted(run.value(value, ()), tuple(run.open), run.waits)


def is_name(text: str) -> bool:
    """Whether ``text`` can name a variable."""
    return _NAME.match(text) is not None and text != "env"


def looks_secret(name: str) -> bool:
    """Whether a variable or field of that name probably holds a secret."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).replace("_", "-")
    return re.search(_SECRET, words, re.IGNORECASE) is not None


def used_secrets(text: str, env: Mapping[str, str]) -> frozenset[str]:
    """The values of the secret-looking environment variables that ``text`` refers to."""
    names = set(re.findall(r"\$\{\s*env\.(\w+)", text, re.ASCII))
    values = {env[name] for name in names if name in env and looks_secret(name)}
    return frozenset(value for value in values if len(value) >= SHORTEST_SECRET)


def conceal(text: str, secrets: AbstractSet[str]) -> str:
    """``text`` without the values of secrets."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, REDACTED)
    return text


MISSING: Any = object()


def tokens_of(path: str) -> tuple[str, ...]:
    """The tokens of a dotted path (``item.content.0``) or of a JSON pointer (``/item/content``)."""
    if path.startswith("/"):
        return tuple(raw.replace("~1", "/").replace("~0", "~") for raw in path.split("/")[1:])
    return tuple(path.split("."))


def part_of(value: Any, tokens: tuple[str, ...]) -> Any:
    """The part of a value along keys and list positions (-1 is the last), or MISSING."""
    for token in tokens:
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and re.fullmatch(r"-?[0-9]{1,9}", token):
            position = int(token)
            if not -len(value) <= position < len(value):
                return MISSING
            value = value[position]
        else:
            return MISSING
    return value


class _Run:
    def __init__(self, scope: Names) -> None:
        self._scope = scope
        self._chars = self._values = 0
        self.open: list[JsonPath] = []
        self.waits = False

    def value(self, value: Any, path: JsonPath) -> Any:
        if isinstance(value, str):
            return self._text(value, path) if "${" in value else value
        if isinstance(value, dict):
            return {key: self.value(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner, (*path, index)) for index, inner in enumerate(value)]
        return value

    def _text(self, text: str, path: JsonPath) -> Any:
        whole = _TOKEN.fullmatch(text)
        if whole is not None and whole[1] is not None:
            found = self._named(whole, path)
            if found is _LATER:
                self.open.append(path)
                return text
            self._spend(found, path)
            return found
        pieces: list[str] = []
        end = 0
        for match in _TOKEN.finditer(text):
            pieces.append(text[end : match.start()])
            pieces.append("${" if match[1] is None else self._written(match, path))
            end = match.end()
        return "".join((*pieces, text[end:]))

    def _written(self, match: re.Match[str], path: JsonPath) -> str:
        found = self._named(match, path)
        if found is _LATER:
            if not self.open or self.open[-1] != path:
                self.open.append(path)
            return match[0]
        self._spend(found, path)
        return as_text(found)

    def _named(self, match: re.Match[str], path: JsonPath) -> Any:
        if not match[2]:
            raise SubstitutionError(path, "'${' without its '}'", "write $${ for a literal ${")
        reference = _REFERENCE.match(match[1])
        if reference is None:
            raise SubstitutionError(
                path,
                f"'{match[0][:60]}' is no placeholder",
                "write ${name}, ${name.field}, ${env.NAME} or ${name:-default}; $${ is literal",
            )
        name, *tokens = reference[1].split(".")
        default = MISSING if reference[2] is None else _default(reference[2])
        if name == "env":
            return self._from_env(tokens, default, path)
        return self._from_values(name, tuple(tokens), default, path)

    def _from_env(self, tokens: list[str], default: Any, path: JsonPath) -> Any:
        if len(tokens) != 1 or not _NAME.match(tokens[0]):
            raise SubstitutionError(path, "expected ${env.NAME}", "name an environment variable")
        name = tokens[0]
        named_so = any(isinstance(token, str) and looks_secret(token) for token in path)
        if looks_secret(name) and not self._scope.secrets and not named_so:
            raise SubstitutionError(
                path,
                f"the secret {name} may not be used here",
                "use it under target, or in a field that is made for it, such as authorization",
            )
        if self._scope.env is None:
            return _LATER
        value = self._scope.env.get(name, "")
        if value == "" and default is not MISSING:
            return default
        if name not in self._scope.env:
            hint = f"set it, or give a default: ${{env.{name}:-default}}"
            raise SubstitutionError(path, f"environment variable {name} is not set", hint)
        return _typed_as(value, default, f"environment variable {name}", path)

    def _from_values(self, name: str, tokens: tuple[str, ...], default: Any, path: JsonPath) -> Any:
        scope = self._scope
        if name in scope.later:
            self.waits = True
            return _LATER
        if name in scope.unknown:
            return _LATER
        if name not in scope.values:
            if default is not MISSING:
                return default
            known = (*scope.values, *scope.later, *scope.unknown)
            near = did_you_mean(name, known, limit=0)
            hint = near or "declare it under vars, or capture it in an earlier step"
            raise SubstitutionError(path, f"unknown name '{name}'", hint)
        found = part_of(scope.values[name], tokens)
        if found is not MISSING:
            return found
        if default is not MISSING:
            return default
        where = ".".join((name, *tokens))
        raise SubstitutionError(path, f"'{where}' does not exist", _parts(scope.values[name]))

    def _spend(self, value: Any, path: JsonPath) -> None:
        """Counts what was put in, so that values inside values cannot grow without bound."""
        self._values += 1
        if isinstance(value, str):
            self._chars += len(value)
        elif isinstance(value, dict):
            for key, inner in value.items():
                self._chars += len(key)
                self._spend(inner, path)
        elif isinstance(value, list):
            for inner in value:
                self._spend(inner, path)
        if self._chars > MAX_CHARS or self._values > MAX_VALUES:
            raise SubstitutionError(path, "the values put in grow too large", "use smaller values")


_LATER: Any = object()


def typed_as(text: Any, like: Any) -> Any:
    """``text`` read as the type of ``like`` (a number, true or false), or as it is; ValueError
    when it cannot be read so."""
    if not isinstance(text, str) or like is MISSING or like is None or isinstance(like, str):
        return text
    read = scalar(text)
    if isinstance(like, bool):
        fits = isinstance(read, bool)
    elif isinstance(like, int | float):
        fits = isinstance(read, int | float) and not isinstance(read, bool)
    else:
        fits = False
    if not fits:
        what = {bool: "true or false", int: "a number", float: "a number"}.get(type(like))
        raise ValueError(f"expected {what or 'no text'}, as {as_text(like)[:40]} is")
    return read


def as_text(value: Any) -> str:
    """A value as it is written inside a text."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _default(text: str) -> Any:
    try:
        return scalar(text) if text else ""
    except ValueError:
        return text


def _typed_as(text: str, like: Any, what: str, path: JsonPath) -> Any:
    try:
        return typed_as(text, like)
    except ValueError as problem:
        raise SubstitutionError(path, f"{what}: {problem}", "change the one or the other") from None


def _parts(value: Any) -> str:
    if isinstance(value, dict):
        return f"it has {', '.join(list(value)[:12])}" if value else "it is empty"
    return f"it is a list of {len(value)}" if isinstance(value, list) else "it has no parts"
