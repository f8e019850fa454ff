"""Secrets leave a text before it is kept, passed on to a report or shown.

Whatever is judged is judged as it came; only what leaves is masked. Names and shapes are the
business of ``rtdebug.secrets``, to which a redactor adds what is known to be secret: the patterns
of a user, the values of an environment and of headers. What was there stays visible as its kind,
never as a part of its value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rtdebug.secrets.literals import SHORTEST_SECRET, head_of, spellings
from rtdebug.secrets.look import Look
from rtdebug.secrets.span import Span
from rtdebug.secrets.stand_ins import REDACTED, stand_in, without

if TYPE_CHECKING:
    from rtdebug.secrets.members import Members

__all__ = ["DEFAULT", "REDACTED", "SHORTEST_SECRET", "Redactor"]

_SCHEMES = ("bearer", "basic", "token")
_KINDS = ("ek_", "sk-")  # which kind of key it is may be seen
_MARGIN = 300  # characters behind a cut by which a secret before it is still recognised
_SPECIAL = r"[.^$*+?{}\[\]|()\\]"


class Redactor:
    """Replaces secrets in text; ``extra`` are a user's own patterns (``--redact``).

    A pattern that is a plain string is looked for like a name; any other is tried on every text.
    """

    def __init__(self, extra: Sequence[str] = ()) -> None:
        literals = [(pattern, _literal(pattern)) for pattern in extra]
        self.literals = spellings(literal for _, literal in literals if literal)
        self._extra = tuple(re.compile(pattern) for pattern, literal in literals if not literal)
        self._look = Look(tuple(dict.fromkeys(map(head_of, self.literals))))

    def text(self, text: str) -> str:
        """``text`` without secrets; the same object when there were none."""
        spans = self.spans(text)
        return without(text, spans) if spans else text

    def masked(self, text: str) -> str:
        """As :meth:`text`, and as long as it was."""
        spans = self.spans(text)
        return without(text, spans, same_length=True) if spans else text

    def quote(self, text: str, limit: int) -> str:
        """The beginning of ``text`` without secrets: masked first, cut to ``limit`` afterwards."""
        clean = self.text(text[: limit + _MARGIN])
        return clean if len(clean) <= limit else clean[: limit - 1] + "…"

    def data(self, data: str | bytes) -> str | bytes:
        """A message that is no event, without secrets and as long as it was; the same object
        without any."""
        if isinstance(data, str):
            return self.masked(data)
        text, encoding = _decoded(data)
        clean = self.masked(text)
        if clean is not text:
            return clean.encode(encoding)
        return self._wide(data) if b"\0" in data else data

    def _wide(self, data: bytes) -> bytes:
        """Bytes that may be text of two bytes a character: with a secret, none of it is kept."""
        narrow = data.replace(b"\0", b"")
        text, _ = _decoded(narrow)
        return stand_in(len(data)).encode() if self.spans(text) else data

    def payload(self, payload: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """A decoded message without secrets, and where something was taken out of it."""
        members = self.members()
        return members.masked(payload), tuple(members.pointers)

    def members(self) -> Members:
        """What walks through one message."""
        from rtdebug.secrets.members import Members

        return Members(self.spans, self.harmless)

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Headers with secret values replaced, decided by name and by shape."""
        return tuple((name, self._header(name, value)) for name, value in headers)

    def harmless(self, data: str | bytes) -> bool:
        """Whether a quick look shows that nothing in ``data`` would be replaced."""
        if self._extra:
            return False
        return self._look.harmless(data if isinstance(data, str) else _decoded(data)[0])

    @property
    def quickest(self) -> Callable[[str], bool]:
        """What does for a text what :meth:`harmless` does, in the quickest way there is by now."""
        return self.harmless if self._extra else self._look.quick or self.harmless

    def spans(self, text: str) -> list[Span]:
        """Where the secrets are, in order."""
        if self.harmless(text):
            return []
        from rtdebug.secrets.close_look import spans_in

        return spans_in(text, self.literals, self._extra)

    def _header(self, name: str, value: str) -> str:
        from rtdebug.secrets.blanks import is_blank_credential
        from rtdebug.secrets.names import names_a_secret

        if not names_a_secret(name, alone=True):
            return self.text(value)
        if is_blank_credential(name, value):
            return value
        scheme, blank, rest = value.partition(" ")
        if scheme.lower() not in _SCHEMES or not blank or not rest:
            scheme, blank, rest = "", "", value
        kind = next((kind for kind in _KINDS if rest.startswith(kind)), "")
        return f"{scheme}{blank}{kind}{REDACTED}"


def _decoded(data: bytes) -> tuple[str, str]:
    """The text of a message and how it is encoded; any bytes are text in Latin-1."""
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _literal(pattern: str) -> str:
    """The one string that a regular expression stands for, "" where it stands for more."""
    plain = re.sub(r"\\(.)", r"\1", pattern, flags=re.DOTALL)
    return plain if pattern == re.escape(plain) or not re.search(_SPECIAL, pattern) else ""


DEFAULT = Redactor()
