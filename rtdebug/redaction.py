"""Secrets leave a message before it becomes a record.

Header values are decided by name, everything else by shape: keys (``sk-…``, ``ek_…``), bearer
tokens, browser key subprotocols, ``client_secret`` values, key query parameters, and the patterns
a user adds. What was there stays visible as its kind, never as a part of its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

REDACTED = "[redacted]"

_SECRET_HEADERS = frozenset(
    {
        "authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key",
        "cookie", "set-cookie", "xi-api-key", "ocp-apim-subscription-key", "x-auth-token",
    }
)  # fmt: skip

# A cheap look decides whether the patterns run at all: most messages hold none of these.
_HINTS = ("sk-", "ek_", "_secret", "earer ", "insecure-api-key", "uthorization", "api-key",
          "api_key", "key=", "token=", "apikey", "AIza", "xai-", "sig=")  # fmt: skip
_BYTE_HINTS = tuple(hint.encode() for hint in _HINTS)

_PATTERNS = (
    r"((?:openai-insecure-api-key|openai-ephemeral-user-key)\.)[^\s,\"']+",
    r"\b((?:sk|rk|pk)-)[A-Za-z0-9_*.-]{6,}",
    r"\b(ek_)[A-Za-z0-9_*.-]{4,}",
    r"\b(xai-)[A-Za-z0-9]{16,}",
    r"\b(AIza)[A-Za-z0-9_-]{20,}",
    r"(?i)\b(Bearer\s+)(?!\[redacted\])[A-Za-z0-9._~+/=*-]{3,}",
    r"(?i)([?&](?:api[-_]key|key|access_token|token|sig|client_secret)=)"
    r"(?!\[redacted\])[^&\s\"'<>\\]+",
    r"(?i)((?:\\?[\"'])?(?:client_secret|authorization|api[-_]key|apikey|access_token|"
    r"x-goog-api-key|x-api-key)(?:\\?[\"'])?\s*[:=]\s*(?:\{\s*(?:\\?[\"'])?value"
    r"(?:\\?[\"'])?\s*:\s*)?\\?[\"'](?!\[redacted\])(?:Bearer |Token |Basic )?)"
    r"[^\"'\\]+",
)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """What is kept of a secret is the first group. Compiled for the first text with a hint."""
    return tuple(re.compile(pattern) for pattern in _PATTERNS)


class Redactor:
    """Replaces secrets in text; ``extra`` are a user's own patterns (``--redact``)."""

    def __init__(self, extra: Sequence[str] = ()) -> None:
        self._extra = tuple(re.compile(pattern) for pattern in extra)

    def text(self, text: str) -> str:
        """``text`` without secrets; the same object when there were none."""
        if any(hint in text for hint in _HINTS):
            for pattern in _patterns():
                text = pattern.sub(rf"\1{REDACTED}", text)
        for pattern in self._extra:
            text = pattern.sub(REDACTED, text)
        return text

    def data(self, data: str | bytes) -> str | bytes:
        """A message as it crossed the wire, without secrets; binary that is no text stays."""
        if isinstance(data, str):
            return self.text(data)
        if not self._extra and not any(hint in data for hint in _BYTE_HINTS):
            return data
        try:
            return self.text(data.decode()).encode()
        except UnicodeDecodeError:
            return data

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Headers with secret values replaced, decided by name and by shape."""
        return tuple((name, self._header(name.lower(), value)) for name, value in headers)

    def _header(self, name: str, value: str) -> str:
        if name in _SECRET_HEADERS:
            scheme, blank, rest = value.partition(" ")
            known = scheme.lower() in ("bearer", "basic", "token") and blank and rest
            return f"{scheme} {REDACTED}" if known else REDACTED
        return self.text(value)


DEFAULT = Redactor()
