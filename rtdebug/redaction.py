"""Secrets leave a message before it becomes a record.

Header values are decided by name, everything else by shape: keys (``sk-…``, ``ek_…``), bearer
tokens, browser key subprotocols, ``client_secret`` values, key query parameters, and the patterns
a user adds. What was there stays visible as its kind, never as a part of its value.

Most messages hold no secret, and audio is long: one look for some thirty short strings decides
whether any pattern is tried at all. Base64 has no hyphen, underscore, blank or colon, so that
hardly any pattern can match inside of it; the two that could (a Google key, a name before ``="``)
are bounded so that they do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

REDACTED = "[redacted]"
SHORTEST_SECRET = 6
"""Characters; a shorter value that is known to be secret is too likely to be a part of a word."""

_SECRET_HEADERS = frozenset(
    {
        "authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key",
        "cookie", "set-cookie", "xi-api-key", "ocp-apim-subscription-key", "x-auth-token",
    }
)  # fmt: skip

# The spellings of the names of secrets that occur; each is matched as it stands here.
_NAMES = (
    "api-key", "API-KEY", "API-Key", "Api-Key", "Api-key",
    "api_key", "API_KEY", "Api_Key", "Api_key", "apikey",
    "APIKEY", "apiKey", "Apikey", "ApiKey", "client_secret", "CLIENT_SECRET",
    "clientSecret", "ClientSecret", "access_token", "ACCESS_TOKEN", "accessToken", "AccessToken",
    "authorization", "Authorization", "AUTHORIZATION",
)  # fmt: skip
# Without its first letter a hint holds for two spellings: the look is quick while hints are few.
_NAME_HINTS = tuple(dict.fromkeys(name[1:] for name in _NAMES))


_ESCAPES = (
    r"\\[abfnrtv]", r"\\u[0-9A-Fa-f]{4}", "%[0-9A-Fa-f]{2}",
    *(rf"[\[;][0-9]{{{digits}}}m" for digits in range(4)),
)  # fmt: skip


class Shape(NamedTuple):
    """A kind of secret: ``pattern`` is tried on what holds one of ``hints``, and keeps its first
    group. ``example`` is a text that holds one such secret, in which every digit is a 3."""

    name: str
    hints: tuple[str, ...]
    pattern: str
    example: str


def _key(prefix: str, width: int, rest: str, *, never: str = "A-Za-z0-9_") -> str:
    """``rest`` behind ``prefix`` (``width`` characters) that no letter or digit precedes, unless
    as the end of an escape of JSON, a URL or a terminal. To look back from behind the prefix is
    what keeps the search for it quick."""
    before = "|".join(f"(?<={escape}.{{{width}}})" for escape in _ESCAPES)
    return f"({prefix})(?:(?<![{never}].{{{width}}})|{before}){rest}"


def _named(kind: str, opening: str, value: str, quote: str) -> Shape:
    """``"api_key": "…"`` in one way of quoting. A name before ``="`` may be the end of base64,
    which a comma, a blank or a bracket follows; a value begins with none of them."""
    between = r"(?:\\*[\"']\s*[:=]\s*|\s*:\s*|\s+=\s*|=\s+|=(?=\\*[\"'][^,\s\]})]))"
    inside = r"(?:\{[^{}]{0,200}?value\\*[\"']?\s*:\s*)?"
    kept = r"(?!(?:\w+ )?\[redacted\])(?:(?:Bearer|Token|Basic) )?"
    return Shape(
        f"named-{kind}",
        _NAME_HINTS,
        f"((?:{'|'.join(_NAMES)}){between}{inside}{opening}{kept}){value}",
        "@client_secret@: {@value@: @s3cr3ts3cr3t@}".replace("@", quote),
    )


SHAPES: tuple[Shape, ...] = (
    # A value under a name is taken out whole, before a part of it is taken for something else.
    _named("in-quotes", '"', r'(?:[^"\\\n]|\\.)+', '"'),
    _named("in-single-quotes", "'", r"(?:[^'\\\n]|\\.)+", "'"),
    _named("in-escaped-quotes", r"\\+[\"']", r"[^\"'\\\n]+(?:\\+[^\"'\\\n]+)*", r"\""),
    Shape(
        "browser-key",
        ("openai-insecure-api-key.", "openai-ephemeral-user-key."),
        r"(openai-(?:insecure-api|ephemeral-user)-key\.)(?!\[redacted\])[^\s,\"'\\]+",
        "realtime, openai-ephemeral-user-key.s3cr3ts3cr3t",
    ),
    Shape(
        "key",
        ("sk-", "rk-", "pk-"),
        _key("[srp]k-", 3, r"[A-Za-z0-9_*.-]{6,}"),
        "sk-s3cr3ts3cr3t",
    ),
    Shape(
        "ephemeral-key",
        ("ek_",),
        _key("ek_", 3, r"[A-Za-z0-9_*.-]{4,}"),
        "ek_s3cr3ts3cr3t",
    ),
    Shape(
        "xai-key",
        ("xai-",),
        _key("xai-", 4, r"[A-Za-z0-9]{16,}"),
        "xai-s3cr3ts3cr3ts3cr3t",
    ),
    # As long as such a key is, and with nothing of base64 around it: base64 of that length ends
    # with a padding.
    Shape(
        "google-key",
        ("AIza",),
        _key("AIza", 4, r"[A-Za-z0-9_-]{35}(?![A-Za-z0-9+/=_-])", never="A-Za-z0-9+/_-"),
        "AIza" + "s3cr3t" * 5 + "s3cr3",
    ),
    Shape(
        "bearer-token",
        ("earer", "EARER"),
        r"((?:[Bb]earer|BEARER)(?:\s|%20)+)(?!\[redacted\])"
        r"(?:[A-Za-z0-9._~+/=*-]|\[redacted\]){3,}",
        "Bearer s3cr3ts3cr3t",
    ),
    # API_KEY=… of an environment. Base64 has no underscore.
    Shape(
        "named-bare",
        ("_KEY=", "_key=", "_TOKEN=", "_token=", "_SECRET=", "_secret="),
        r"((?:(?:API|api)_(?:KEY|key)|(?:ACCESS|access)_(?:TOKEN|token)"
        r"|(?:CLIENT|client)_(?:SECRET|secret))=)(?!\[redacted\])[^\s\"'&<>\\,;)}\]]{6,}",
        "OPENAI_API_KEY=s3cr3ts3cr3t",
    ),
    Shape(
        "key-in-url",
        ("key=", "token=", "sig=", "client_secret="),
        r"((?:[?&]|&amp;)(?:api[-_]key|key|access_token|token|sig|client_secret)=)"
        r"(?!\[redacted\])[^&\s\"'<>\\]+",
        "wss://example.test/v1?model=m&access_token=s3cr3ts3cr3t",
    ),
)

_HINTS = tuple(dict.fromkeys(hint for shape in SHAPES for hint in shape.hints))
_LONG = 2000
"""From this length on the quick look is worth its import."""
_MANY = 16_000
"""Characters in short texts that are worth it together."""

# A secret may be written with escapes that JSON allows and nothing needs.
_ESCAPE = re.compile(r"/|u00(?!22|5[Cc]|7[Ff])[2-7][0-9A-Fa-f]")
_SPECIAL = re.compile(r"[.^$*+?{}\[\]|()\\]")


class Redactor:
    """Replaces secrets in text; ``extra`` are a user's own patterns (``--redact``).

    A pattern that is a plain string is looked for like a hint; any other is tried on every text.
    """

    def __init__(self, extra: Sequence[str] = ()) -> None:
        literals = [(pattern, _literal(pattern)) for pattern in extra]
        self._literals = _spellings(literal for _, literal in literals if literal)
        self._extra = tuple(re.compile(pattern) for pattern, literal in literals if not literal)
        self._hints = (*_HINTS, *self._literals)
        self._length = 0
        self._look: Callable[[str], bool] = self._first_look

    def text(self, text: str) -> str:
        """``text`` without secrets; the same object when there were none."""
        if self.harmless(text):
            return text
        plain = _unescaped(text)
        clean = self._without_secrets(plain)
        return clean if plain is text or clean != plain else self._without_secrets(text)

    def data(self, data: str | bytes) -> str | bytes:
        """A message as it crossed the wire, without secrets; the same object without any."""
        if isinstance(data, str):
            return self.text(data)
        text, encoding = _decoded(data)
        clean = self.text(text)
        return data if clean is text else clean.encode(encoding)

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Headers with secret values replaced, decided by name and by shape."""
        return tuple((name, self._header(name.lower(), value)) for name, value in headers)

    def harmless(self, data: str | bytes) -> bool:
        """Whether a quick look shows that nothing in ``data`` would be replaced."""
        if self._extra:
            return False
        text = data if isinstance(data, str) else _decoded(data)[0]
        if not self._look(text):
            return False
        plain = _unescaped(text)
        return plain is text or self._look(plain)

    def _first_look(self, text: str) -> bool:
        self._length += len(text)
        if len(text) < _LONG and self._length < _MANY:
            return not any(hint in text for hint in self._hints)
        self._look = none_in(self._hints)
        return self._look(text)

    def _without_secrets(self, text: str) -> str:
        for literal in self._literals:
            text = text.replace(literal, REDACTED)
        for hints, pattern in _patterns():
            if _any_in(text, hints):
                text = pattern.sub(rf"\1{REDACTED}", text)
        for pattern in self._extra:
            text = pattern.sub(REDACTED, text)
        return text

    def _header(self, name: str, value: str) -> str:
        if name in _SECRET_HEADERS:
            scheme, blank, rest = value.partition(" ")
            known = scheme.lower() in ("bearer", "basic", "token") and blank and rest
            return f"{scheme} {REDACTED}" if known else REDACTED
        return self.text(value)


def none_in(strings: tuple[str, ...]) -> Callable[[str], bool]:
    """A test that is true for a text that holds none of ``strings``.

    The regular expression engine of jsonschema-rs looks for all of them at once, on audio in a
    hundredth of the time that ``in`` takes. It is that quick up to some forty strings.
    """
    import jsonschema_rs

    pattern = "|".join(re.escape(string).replace(r"\-", "-") for string in strings)
    quick: Callable[[object], bool] = jsonschema_rs.validator_for(
        {"not": {"pattern": pattern}}
    ).is_valid

    def look(text: str) -> bool:
        try:
            return quick(text)
        except UnicodeEncodeError:  # a lone surrogate
            return not any(string in text for string in strings)

    return look


@cache
def _patterns() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """Compiled for the first text with a hint."""
    return tuple((shape.hints, re.compile(shape.pattern)) for shape in SHAPES)


def _any_in(text: str, hints: tuple[str, ...]) -> bool:
    return not _none_in(hints)(text) if len(text) >= _LONG else any(hint in text for hint in hints)


_none_in = cache(none_in)


def _decoded(data: bytes) -> tuple[str, str]:
    """The text of a message and how it is encoded; any bytes are text in Latin-1."""
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _unescaped(text: str) -> str:
    """``text`` without the escapes that JSON does not need, however often their backslash is
    escaped itself; the same object without any."""
    if "\\" not in text:
        return text
    for escape in {"/" if behind[:1] == "/" else behind[:5] for behind in text.split("\\")}:
        if _ESCAPE.match(escape):
            while f"\\\\{escape}" in text:
                text = text.replace(f"\\\\{escape}", f"\\{escape}")
            character = "/" if escape == "/" else chr(int(escape[3:], 16))
            text = text.replace(f"\\{escape}", character)
    return text


def _literal(pattern: str) -> str:
    """The one string that a regular expression stands for, "" where it stands for more."""
    plain = re.sub(r"\\(.)", r"\1", pattern, flags=re.DOTALL)
    return plain if pattern == re.escape(plain) or not _SPECIAL.search(pattern) else ""


def _spellings(literals: Iterable[str]) -> tuple[str, ...]:
    """Each string as it is and as it stands in JSON, the longest first."""
    from json import dumps

    found = {spelt for literal in literals for spelt in (literal, dumps(literal)[1:-1])}
    return tuple(sorted(found, key=lambda spelt: (-len(spelt), spelt)))


DEFAULT = Redactor()
