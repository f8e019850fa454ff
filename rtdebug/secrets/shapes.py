"""Secrets that are known by their shape, whatever they are called: a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from rtdebug.secrets.span import Span


class SecretShape(NamedTuple):
    """A kind of secret: ``pattern`` is tried on what holds one of ``hints``, and its first group
    is kept. What consists of plain ``words`` is none. ``example`` is a text that holds one such
    secret, in which every digit is a 3."""

    name: str
    hints: tuple[str, ...]
    pattern: str
    example: str
    words: bool = False


_ESCAPES = (
    r"\\[abfnrtv]", r"\\u[0-9A-Fa-f]{4}", "%[0-9A-Fa-f]{2}",
    *(rf"[\[;][0-9]{{{digits}}}m" for digits in range(4)),
)  # fmt: skip


def _key(prefix: str, width: int, rest: str, *, never: str = "A-Za-z0-9_") -> str:
    """``rest`` behind ``prefix`` (``width`` characters) that no letter or digit precedes, unless
    as the end of an escape of JSON, a URL or a terminal. To look back from behind the prefix is
    what keeps the search for it quick."""
    before = "|".join(f"(?<={escape}.{{{width}}})" for escape in _ESCAPES)
    return f"({prefix})(?:(?<![{never}].{{{width}}})|{before}){rest}"


def _keys(prefixes: str, rest: str) -> str:
    """As :meth:`_key`, for several prefixes."""
    widths: dict[int, list[str]] = {}
    for prefix in prefixes.split():
        widths.setdefault(len(prefix), []).append(re.escape(prefix))
    return "|".join(_key("|".join(some), width, rest) for width, some in widths.items())


_KIND = r"(?:ek_|sk-)?+"

SHAPES: tuple[SecretShape, ...] = (
    SecretShape(
        "browser-key",
        ("openai-insecure-api-key.", "openai-ephemeral-user-key."),
        rf"(openai-(?:insecure-api|ephemeral-user)-key\.{_KIND})(?!\[redacted\])[^\s,\"'\\]+",
        "realtime, openai-ephemeral-user-key.s3cr3ts3cr3t",
    ),
    SecretShape(
        "key",
        ("sk-", "rk-", "pk-"),
        _key("[srp]k-", 3, r"[A-Za-z0-9_*.-]{6,}"),
        "sk-s3cr3ts3cr3t",
        words=True,
    ),
    SecretShape(
        "ephemeral-key",
        ("ek_",),
        _key("ek_", 3, r"[A-Za-z0-9_*.-]{4,}"),
        "ek_s3cr3ts3cr3t",
    ),
    SecretShape(
        "live-key",
        ("sk_", "rk_", "pk_", "whsec_"),
        _keys("sk_live_ sk_test_ rk_live_ rk_test_ pk_live_ pk_test_ whsec_", r"[A-Za-z0-9]{6,}")
        + "|"
        + _key("sk_", 3, r"[0-9a-f]{20,}"),
        "sk_live_s3cr3ts3cr3t",
    ),
    SecretShape(
        "platform-key",
        (
            "gsk_",
            "hf_",
            "ghp_",
            "gho_",
            "ghu_",
            "ghs_",
            "ghr_",
            "github_pat_",
            "npm_",
            "glpat-",
            "pypi-",
            "xai-",
            "lsv2_",
            "r8_",
            "nvapi-",
            "pplx-",
            "tvly-",
        ),
        _keys(
            "gsk_ hf_ ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ npm_ glpat- pypi- xai- lsv2_ r8_ nvapi- "
            "pplx- tvly-",
            r"[A-Za-z0-9_-]{8,}",
        ),
        "hf_s3cr3ts3cr3ts3cr3t",
        words=True,
    ),
    SecretShape(
        "chat-token",
        ("xox", "xapp-"),
        _key("xox[a-z]-|xapp-", 5, r"[A-Za-z0-9-]{6,}"),
        "xoxb-s3cr3ts3cr3t",
        words=True,
    ),
    SecretShape(
        "google-token",
        ("ya29.",),
        _key(r"ya29\.", 5, r"[A-Za-z0-9_.-]{6,}"),
        "ya29.s3cr3ts3cr3t",
    ),
    # As long as such a key is, and with nothing of base64 around it: base64 of that length ends
    # with a padding.
    SecretShape(
        "google-key",
        ("AIza",),
        _key("AIza", 4, r"[A-Za-z0-9_-]{35}(?![A-Za-z0-9+/=_-])", never="A-Za-z0-9+/_-"),
        "AIza" + "s3cr3t" * 5 + "s3cr3",
    ),
    SecretShape(
        "aws-key",
        ("AKIA", "ASIA"),
        _key("A[KS]IA", 4, "[A-Z0-9]{12,}(?![A-Za-z0-9+/=])", never="A-Za-z0-9+/"),
        "AKIAS3CR3TS3CR3TS3",
    ),
    SecretShape(
        "web-token",
        ("eyJ",),
        _key(
            "eyJ",
            3,
            r"[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{2,}(?:\.[A-Za-z0-9_-]*)?",
            never="A-Za-z0-9+/_-",
        ),
        "eyJs3cr3t.s3cr3ts3cr3t.s3cr3t",
    ),
    SecretShape(
        "private-key",
        ("PRIVATE KEY-----",),
        r"(-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----)[A-Za-z0-9+/=\\\r\n\t]+",
        "-----BEGIN RSA PRIVATE KEY-----\ns3cr3ts3cr3t",
    ),
    SecretShape(
        "user-in-url",
        ("://",),
        r"(://(?![^\s/?#@]{0,300}\[redacted\]@)(?:[^\s/?#@:\"']{0,100}:)?)"
        r"[^\s/?#@\"']{1,300}(?=@)",
        "wss://user:s3cr3t@example.test/",
    ),
    SecretShape(
        "bearer-token",
        ("earer", "EARER"),
        rf"((?:[Bb]earer|BEARER)(?:[ \t\r\n]|%20)+{_KIND})(?!\[redacted\])"
        r"[A-Za-z0-9._~+/=*-]{3,}",
        "Bearer s3cr3ts3cr3t",
        words=True,
    ),
)

_PLAIN_WORD = re.compile(r"[A-Z]?[a-z]{0,10}")
_BETWEEN_WORDS = re.compile(r"[-_.,*]+")
_PREFIXES = re.compile(r"(?:proj|svcacct|admin|service|ant|or|lf|live|test)[-_]")


def shape_spans(text: str) -> Iterator[Span]:
    """Where in ``text`` something has the shape of a secret."""
    for _, hints, pattern, _, words in SHAPES:
        if any(hint in text for hint in hints):
            for match in _compiled(pattern).finditer(text):
                start, end = match.end(match.lastindex or 0), match.end()
                if end > start and not (words and _ordinary(text[start:end])):
                    yield Span(match.start(), start, end)


def _ordinary(value: str) -> bool:
    """Whether a value is a few plain words and so most likely prose."""
    return not _PREFIXES.match(value) and plain_words(value)


def plain_words(value: str) -> bool:
    """Whether a value consists of words as they stand in prose."""
    return all(map(_PLAIN_WORD.fullmatch, _BETWEEN_WORDS.split(value)))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled for the first text with a hint."""
    return re.compile(pattern)
