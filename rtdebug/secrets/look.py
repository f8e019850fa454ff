"""The quick look that decides whether any closer one is needed.

Most messages hold no secret, and a closer look costs a hundred times as much. The regular
expression engine of jsonschema-rs looks for everything at once, in time that is linear whatever
the text; it is imported when the texts are long or many.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator

_LONG = 2000
"""From this length on the quick look is worth its import."""
_MANY = 16_000
"""Characters in short texts that are worth it together."""
_AT_ONCE = 40  # strings

_NAMES = (
    "pass[_.-]?(?:word|wd|phrase|code)s?", "pwd", "secrets?", "tokens?", "keys?", "credentials?",
    "signature", "sig", "jwt", "auth(?:orization|entication)?", "cookie", "bearer",
)  # fmt: skip
# What may follow the word that decides, see rtdebug.secrets.names.
_BEHIND = (
    r"(?:[_-]?(?:v?[0-9]+|value|plain|plaintext|raw|hex|base64|b64|prod|production|dev|test|live"
    r"|staging|primary|secondary|old|new|current))*"
)
# Strings of three letters or more, at most 64: the engine finds those at once.
_SHAPES = (
    "sk-", "rk-", "pk-", "sk_", "rk_", "pk_", "ek_", "sec_", "hf_", "ghp_", "gho_", "ghu_", "ghs_",
    "ghr_", "pat_", "pat-", "npm_", "ypi-", "xai-", "sv2_", "r8_", "api-", "plx-", "vly-", "xox",
    "app-", "ya29", "AIza", "AKIA", "ASIA", "eyJ", "PRIVATE KEY-----", "openai-insecure",
    "openai-ephemeral", "u00", "&quot;", r":\\/", r"earer\s", r"EARER\s", "earer%", "EARER%",
    r"earer\\", r"EARER\\",
)  # fmt: skip
_PATTERNS = (
    rf"(?i:(?:{'|'.join(_NAMES)}){_BEHIND})(?:\\*[\"'`])?\s*[:=,]",
    "|".join(_SHAPES),
    r"://[^/ \t\r\n?#@]{1,400}@",
    "%[2-7][0-9A-Fa-f]",
)
# What a text that needs a closer look holds, in small letters; only short texts are looked at so.
_HINTS = (
    "pass", "pwd", "secret", "token", "key", "credential", "sig", "jwt", "auth", "cookie", "earer",
    "sk-", "sk_", "rk-", "rk_", "pk-", "pk_", "ek_", "whsec_", "hf_", "gh", "_pat_", "npm_",
    "glpat-", "pypi-", "xai-", "lsv2_", "r8_", "nvapi-", "pplx-", "tvly-", "xox", "xapp-", "ya29.",
    "aiza", "akia", "asia", "eyj", "u00", "%", "@", "&quot;",
)  # fmt: skip


class Look:
    """Whether a text may hold a secret, or one of ``strings``."""

    def __init__(self, strings: tuple[str, ...] = ()) -> None:
        self._strings = strings
        self._length = 0
        self.quick: Callable[[str], bool] | None = None

    def harmless(self, text: str) -> bool:
        """True where nothing in ``text`` needs a closer look."""
        quick = self.quick
        if quick is None:
            self._length += len(text)
            if len(text) < _LONG and self._length < _MANY:
                small = text.lower()
                hinted = any(hint in small for hint in _HINTS)
                hinted = hinted or any(string in text for string in self._strings)
                if not hinted or "jsonschema_rs" not in sys.modules:
                    return not hinted
            self.quick = quick = none_of((*_PATTERNS, *_groups(self._strings)))
        return quick(text)


def none_of(patterns: Iterable[str]) -> Callable[[str], bool]:
    """A test that is true for a text in which none of ``patterns`` is found."""
    import jsonschema_rs

    quick: Callable[[object], bool] = jsonschema_rs.validator_for(
        {"not": {"anyOf": [{"pattern": pattern} for pattern in patterns]}}
    ).is_valid

    def look(text: str) -> bool:
        try:
            return quick(text)
        except UnicodeEncodeError:  # a lone surrogate
            return quick(text.encode("utf-8", "replace").decode())

    return look


def _groups(strings: tuple[str, ...]) -> Iterator[str]:
    plain = [re.escape(string).replace(r"\-", "-") for string in strings]
    for start in range(0, len(plain), _AT_ONCE):
        yield "|".join(plain[start : start + _AT_ONCE])
