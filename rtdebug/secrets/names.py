"""Names that say that their value is a secret, in any case and spelling."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_MAX_NAME = 80

# A name is decided by its last word: a token_count is no token, a session_token is one.
_SECRET = frozenset(
    {
        "password", "passwords", "passwd", "passphrase", "passcode", "pwd", "secret", "secrets",
        "credential", "credentials", "jwt", "authorization", "authentication", "cookie", "bearer",
    }
)  # fmt: skip
_SECRET_ENDS = (
    "password", "passwd", "passphrase", "secret", "apikey", "secretkey", "accesskey", "privatekey",
    "authkey", "subscriptionkey", "encryptionkey", "signingkey", "masterkey", "sharedkey",
    "token", "credential", "credentials", "signature",
)  # fmt: skip
# Words that are secrets unless the word before them says that they are something else.
_ORDINARY = {
    "token": {
        "bos", "eos", "pad", "unk", "mask", "first", "last", "per", "next", "previous", "page",
        "stop", "special", "max", "min", "total", "input", "output", "prompt", "completion",
        "text", "audio", "image", "cached", "reasoning", "each", "a", "the", "no",
    },
    "signature": {"function", "method", "type", "call", "time"},
    "key": {
        "cache", "primary", "foreign", "public", "sort", "partition", "index", "row", "idempotency",
        "idempotent", "translation", "message", "event", "map", "object", "hot", "arrow", "enter",
        "dedupe", "dedup", "keyboard", "group", "lookup", "websocket", "a", "the", "this", "by",
        "musical",
    },
    "sig": frozenset(), "auth": {"no", "requires", "use", "needs"},
}  # fmt: skip
_SECRET_PLURALS = {
    "keys": {"api", "secret", "access", "private"},
    "tokens": {"api", "auth", "access", "refresh", "session", "bearer", "secret", "id", "security"},
}
# What may stand behind the word that decides: api_key_2, client_secret_value, OPENAI_API_KEY_PROD.
_BEHIND = frozenset(
    {
        "value", "plain", "plaintext", "raw", "hex", "base64", "b64", "prod", "production", "dev",
        "test", "live", "staging", "primary", "secondary", "old", "new", "current", "v",
    }
)  # fmt: skip


@lru_cache(maxsize=4096)
def names_a_secret(name: str, *, alone: bool = False) -> bool:
    """Whether what is called ``name`` is a secret. ``alone``: a bare "key" is one too, as it is
    for a header or a parameter of a URL."""
    if len(name) > _MAX_NAME:
        return False
    words = _words(name)
    return _is_secret(words, alone) or _is_secret(_regardless_of_case(name), alone)


def _is_secret(words: list[str], alone: bool) -> bool:
    while words and (words[-1].isdigit() or (len(words) > 1 and words[-1] in _BEHIND)):
        words.pop()
    if not words:
        return False
    last = words[-1]
    before = words[-2] if len(words) > 1 else ""
    if last in _ORDINARY:
        return before not in _ORDINARY[last] and (last != "key" or bool(before) or alone)
    if last in _SECRET_PLURALS:
        return before in _SECRET_PLURALS[last]
    return last in _SECRET or (before + last).endswith(_SECRET_ENDS)


def is_strong(name: str) -> bool:
    """Whether a name means a secret also in prose: of several words, or one that means little
    else."""
    words = _words(name)
    return len(words) > 1 or name.isupper() or words[-1:] not in (["token"], ["secret"], ["auth"],
        ["cookie"], ["signature"], ["sig"], ["key"], ["bearer"], ["credentials"], ["credential"],
        ["authentication"], ["secrets"], ["passwords"])  # fmt: skip


def _regardless_of_case(name: str) -> list[str]:
    """The words of a name whose capitals do not begin words: ``ToKeN``, ``aPiKeY``."""
    parts = re.findall(r"[A-Za-z]+|[0-9]+", name)
    odd = any(len(_WORDS.findall(part)) * 3 >= len(part) > 2 for part in parts)
    return [part.lower() for part in parts] if odd else []


def _words(name: str) -> list[str]:
    plain = name
    if "%" in name:
        from urllib.parse import unquote

        plain = unquote(name)
    return [word.lower() for word in _WORDS.findall(plain)]
