"""Headers as tools print them into logs: their secrets are told by name, whatever their shape.

Messages on a socket hold no such lines, so this is not part of the redaction every message passes.
"""

from __future__ import annotations

import re

from rtdebug.redaction import REDACTED, Redactor, none_in

# Names of headers are the same in any case (RFC 9110, 5.1).
_NAMES = (
    "proxy-authorization", "authorization", "x-goog-api-key", "xi-api-key", "x-api-key",
    "api-key", "x-auth-token", "ocp-apim-subscription-key", "set-cookie", "cookie",
)  # fmt: skip
_ANY = f"(?i:{'|'.join(_NAMES)})"
_SCHEME = r"(?:(?i:bearer|basic|token)[ \t]+)?"
_KEPT = r"(?![ \t]*(?:\w+[ \t]+)?\[redacted\])"
_VALUE = r"\\*[\"']value\\*[\"']\s*:\s*"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # `> api-key: …` of curl and of websockets' own log, also after a time and a logger's name.
        rf"(?m)^((?:[^\n\"'{{}}]{{0,120}}[><*|])?[ \t]*(?:{_ANY}):[ \t]*{_SCHEME}){_KEPT}"
        r"[^\s\"'{}][^\n\"'{}]*",
        # -H 'api-key: …' of a command line.
        rf"((?:-H|--header)[ =]*\\?[\"'](?:{_ANY}):[ \t]*{_SCHEME}){_KEPT}[^\"'\\\n]+",
        # {'Cookie': '…'} of a program that prints its headers, ("cookie", "…") of its pairs, and
        # {"name": "cookie", "value": "…"} of an archive.
        rf"(\\{{0,8}}[\"'](?:{_ANY})\\*[\"']\s*[:,]\s*(?:{_VALUE})?(?!{_VALUE})\\*[\"']{_SCHEME})"
        rf"{_KEPT}[^\"'\\\n]+",
    )
)
_HINTS = (
    "uthorization", "UTHORIZATION", "-key", "-Key", "-KEY", "-token", "-Token", "-TOKEN",
    "ookie", "OOKIE",
)  # fmt: skip


class LogRedactor(Redactor):
    """A redactor that also knows headers in text; ``known`` does the rest."""

    def __init__(self, known: Redactor) -> None:
        super().__init__()
        self.known = known
        self._no_header = none_in(_HINTS)

    def text(self, text: str) -> str:
        """``text`` without secrets; the same object when there were none."""
        text = self.known.text(text)
        if not self._no_header(text):
            for pattern in _PATTERNS:
                text = pattern.sub(rf"\1{REDACTED}", text)
        return text

    def harmless(self, data: str | bytes) -> bool:
        """Whether a quick look shows that nothing in ``data`` would be replaced."""
        text = data if isinstance(data, str) else data.decode("utf-8", "replace")
        return self.known.harmless(text) and self._no_header(text)
