"""Secrets in a text that a name in front of them tells: ``api_key=…``, ``"password": "…"``.

Linear: a name and what joins it to its value are of bounded length, and a value is read once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from rtdebug.secrets.names import is_strong, names_a_secret
from rtdebug.secrets.shapes import plain_words
from rtdebug.secrets.span import Span
from rtdebug.secrets.stand_ins import REDACTED

_LONGEST_NAME = 48
_DECIDES = (
    r"(?i)pass[_.-]?(?:wor|w|phrase|code)d?s?|pwd|secrets?|token|keys?|credentials?|signature|sig|jwt"
    r"|auth(?:orization|entication)?|cookie|bearer"
)
_REST_OF_NAME = r"[A-Za-z0-9_-]{0,24}"
_NAME_ENDS = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
)  # fmt: skip
_IN_QUOTES = _NAME_ENDS | {" "}
_JOINT = (
    r"(?P<quote>\\*[\"'`])?(?P<joint>[ \t]*(?::|=>|=)\s{0,40}"
    r"|(?(quote)\s{0,40},\s{0,40}(?:\\*[\"']value\\*[\"']\s{0,40}:\s{0,40})?|(?!)))"
)
_IN_OBJECT = r"\{[^{}]{0,200}?\bvalue\\*[\"']?\s{0,40}[:=]\s{0,40}"
_QUOTE = r"(\\*)([\"'`])"
_MEMBER = r"\\*[\"'`]\s{0,40}:"
_SCHEME = r"(?i)(?:bearer|basic|token|digest)\s+"
_BARE = r"[^\s\"'&<>\\,;)}\]|]+"
_LINE = r"[^\n\r\"'\\{}]+"
_NO_VALUE = r"(?i)(?:null|none|nil|true|false|undefined|\$.*|\W+|_+)?\Z"
_PLACEHOLDERS = frozenset({"VALUE", "KEY", "TOKEN"})  # of help and examples
_OF_A_LINE = frozenset({"cookie", "set-cookie"})
_AFTER_BASE64 = frozenset(",: ]})\n")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when the first text needs a closer look, not when this is imported."""
    return re.compile(pattern)


def named_spans(text: str) -> Iterator[Span]:
    """Where in ``text`` a name tells that what follows is a secret."""
    position = 0
    while True:
        word = _compiled(_DECIDES).search(text, position)
        if word is None:
            return
        end = _rest_of_name(text, word.end())
        span = _behind(text, word.start(), end)
        position = end
        if span is not None:
            yield span
            position = max(end, span.end)


def _rest_of_name(text: str, position: int) -> int:
    match = _compiled(_REST_OF_NAME).match(text, position)
    return match.end() if match else position


def _behind(text: str, word: int, end: int) -> Span | None:
    """The secret behind the name that ends at ``end``, if it is one."""
    joint = _compiled(_JOINT).match(text, end)
    if joint is None:
        return None
    start = word
    signs = _IN_QUOTES if joint["quote"] else _NAME_ENDS
    while start > 0 and word - start < _LONGEST_NAME and text[start - 1] in signs:
        start -= 1
    if word - start == _LONGEST_NAME:  # no name is that long, but base64 is
        return None
    name = text[start:end].strip(".-")
    asked = text[start - 1 : start] in ("?", "&", ";") and joint["joint"] == "="
    if not names_a_secret(name, alone=asked or bool(joint["quote"])):
        return None
    found = _value(text, joint, name)
    if found is None or (not asked and _is_plain_key(name, text[slice(*found)])):
        return None
    return Span(max(start - 1, 0), *found)


def _is_plain_key(name: str, value: str) -> bool:
    """Whether a member is called just "key", and its value is plain words."""
    return not names_a_secret(name) and plain_words(value)


def _value(text: str, joint: re.Match[str], name: str) -> tuple[int, int] | None:
    position = joint.end()
    inner = _compiled(_IN_OBJECT).match(text, position)
    if inner is not None:
        position = inner.end()
    quote = _compiled(_QUOTE).match(text, position)
    if quote is None:
        return None if inner is not None else _bare(text, position, joint["joint"], name)
    if joint["joint"] == "=" and text[quote.end() : quote.end() + 1] in _AFTER_BASE64:
        return None
    end = _closing(text, quote)
    if joint["joint"].lstrip()[:1] == "," and _compiled(_MEMBER).match(text, end):
        return None  # no pair: the next member of an object
    return _kept(text, quote.end(), end)


def _closing(text: str, opening: re.Match[str]) -> int:
    """Where the quoted value ends: at the next quote that is not escaped once more."""
    depth, mark = len(opening[1]), opening[2]
    position = opening.end()
    while True:
        found = text.find(mark, position)
        if found < 0:
            return len(text)
        before = found
        while before > position and text[before - 1] == "\\":
            before -= 1
        if found - before <= depth:
            return before
        position = found + 1


def _bare(text: str, position: int, joint: str, name: str) -> tuple[int, int] | None:
    """A value without quotes. Behind a colon it may be prose: then plain words are no secret
    unless the name leaves no doubt."""
    if name.lower() in _OF_A_LINE and ":" in joint:
        line = _compiled(_LINE).match(text, position)
        return _kept(text, position, line.end()) if line else None
    scheme = _compiled(_SCHEME).match(text, position)
    start = scheme.end() if scheme else position
    match = _compiled(_BARE).match(text, start)
    if match is None:
        return None
    if joint != "=" and not is_strong(name) and plain_words(match.group()):
        return None
    return _kept(text, start, match.end())


def _kept(text: str, start: int, end: int) -> tuple[int, int] | None:
    """What of a value is masked: not the scheme in front of a credential, and nothing of one that
    holds no secret."""
    scheme = _compiled(_SCHEME).match(text, start, end)
    if scheme is not None and scheme.end() < end:
        start = scheme.end()
    if (
        start >= end
        or text.startswith(REDACTED, start)
        or _compiled(_NO_VALUE).match(text[start : min(end, start + 80)])
    ):
        return None
    return None if text[start:end].rstrip("'\"") in _PLACEHOLDERS else (start, end)
