"""Headers as tools print them into logs: their secrets are told by name, whatever their shape.

Messages on a socket hold no such lines, so this is not part of the redaction every message passes.
"""

from __future__ import annotations

import re
from contextlib import suppress

from rtdebug.redaction import REDACTED, Redactor

_NAMES = (
    r"(?:proxy-)?authorization|api-key|x-api-key|x-goog-api-key|xi-api-key|x-auth-token|"
    r"ocp-apim-subscription-key|(?:set-)?cookie"
)
_SCHEME = r"(?:(?:bearer|basic|token)[ \t]+)?"
_KEPT = r"(?!(?:\w+[ \t]+)?\[redacted\])"
_PATTERNS = (
    # `> api-key: …` of curl and of websockets' own log, also after a time and a logger's name.
    re.compile(
        rf"(?im)^((?:[^\n\"'{{}}]{{0,120}}[><*|])?[ \t]*(?:{_NAMES}):[ \t]*{_SCHEME}){_KEPT}"
        r"[^\s\"'{}][^\n\"'{}]*"
    ),
    # -H 'api-key: …' of a command line.
    re.compile(
        rf"(?i)((?:-H|--header)[ =]*\\?[\"'](?:{_NAMES}):[ \t]*{_SCHEME}){_KEPT}[^\"'\\\n]+"
    ),
    # {'Cookie': '…'} of a program that prints its headers.
    re.compile(rf"(?i)(\\?[\"'](?:{_NAMES})\\?[\"']\s*[:,]\s*\\?[\"']{_SCHEME}){_KEPT}[^\"'\\\n]+"),
)


# A cheap look decides whether the patterns run at all: most lines hold none of these.
_HINTS = ("authorization", "api-key", "auth-token", "subscription-key", "cookie")
_BYTE_HINTS = tuple(hint.encode() for hint in _HINTS)


class LogRedactor(Redactor):
    """A redactor that also knows headers in text; ``known`` does the rest."""

    def __init__(self, known: Redactor) -> None:
        super().__init__()
        self._known = known

    def text(self, text: str) -> str:
        """``text`` without secrets; the same object when there were none."""
        text = self._known.text(text)
        lowered = text.lower()
        if any(hint in lowered for hint in _HINTS):
            for pattern in _PATTERNS:
                text = pattern.sub(rf"\1{REDACTED}", text)
        return text

    def data(self, data: str | bytes) -> str | bytes:
        """One line of a log, or all of it; bytes that are no text stay."""
        if isinstance(data, str):
            return self.text(data)
        lowered = data.lower()
        if any(hint in lowered for hint in _BYTE_HINTS):
            with suppress(UnicodeDecodeError):
                return self.text(data.decode()).encode()
        return self._known.data(data)
