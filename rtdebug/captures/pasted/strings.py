"""Reads quoted strings of many languages: escapes, concatenation, curly quotes, cut ends."""

from __future__ import annotations

import re

_OPEN = re.compile(r"(?P<prefix>[bBuUrRfF]{0,2}|@|\$)(?P<quote>\"\"\"|'''|[\"'`“”„‟‘‚«])")
_CLOSERS = {"“": "”", "”": "”", "„": "”“", "‟": "”", "«": "»", "‘": "’", "‚": "’"}
_BODIES = {
    '"': re.compile(r'[^"\\\n]*(?:\\.[^"\\\n]*)*', re.S),
    "'": re.compile(r"[^'\\\n]*(?:\\.[^'\\\n]*)*", re.S),
    "`": re.compile(r"[^`\\]*(?:\\.[^`\\]*)*", re.S),
    '"""': re.compile(r'(?:(?!""").)*', re.S),
    "'''": re.compile(r"(?:(?!''').)*", re.S),
}
_CURLY_BODIES = {
    quote: re.compile(
        rf"[^{closers}\n]*(?:[{closers}](?!\s*(?:[:,}}\])=…]|\.{{3}}|$))[^{closers}\n]*)*", re.M
    )
    for quote, closers in _CLOSERS.items()
}
_PLUS = re.compile(r"\s*\+\s*(?=[\"'`])")
_NEXT_LINE = re.compile(r"[ \t]*\r?\n\s*(?=[\"'])")
_KEY_FOLLOWS = re.compile(r"\s*(?::|=>)")
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|U([0-9a-fA-F]{8})"
    r"|([0-7]{1,3})|(\r?\n)|(.))",
    re.S,
)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "e": "\x1b"}
# What begins a new record, so that a string open at the line's end was cut there.
_NEW_RECORD = re.compile(
    r"[ \t]*(?:$|\{|\[?\d{4}-\d\d-\d\d|\[?\d{1,2}:\d\d:\d\d|\[[A-Z]{4,}\]|[<>←→]|-?[<>]{2,}|```"
    r"|[\"'][\w.]+[\"']\s*:|[A-Za-z ]{1,24}:\s*\{|[}\]]+,?\s*$|data:|Traceback )",
    re.M,
)
_MOST_LINES = 60


class StringReader:
    """Reads strings out of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._last: dict[str, int] = {}

    def starts(self, pos: int) -> bool:
        """Whether a string starts at ``pos``."""
        return _OPEN.match(self._text, pos) is not None

    def read(self, pos: int, *, joined: bool = False) -> tuple[str, int, bool]:
        """The string at ``pos``, the place behind it, and whether all of it is there.

        ``joined``: pieces that follow, joined by ``+`` or, as Python's pprint prints them, by a
        line break alone, belong to it.
        """
        value, end, whole = self._one(pos)
        while whole:
            plus = _PLUS.match(self._text, end)
            if plus is None:
                break
            more, end, whole = self._one(plus.end())
            value += more
        while joined and whole and (broken := _NEXT_LINE.match(self._text, end)):
            more, after, entire = self._one(broken.end())
            if not entire or _KEY_FOLLOWS.match(self._text, after):
                break
            value, end = value + more, after
        return value, end, whole

    def _one(self, pos: int) -> tuple[str, int, bool]:
        match = _OPEN.match(self._text, pos)
        assert match is not None
        quote, prefix = match["quote"], match["prefix"].lower()
        start = match.end()
        end, close, whole = self._end(start, quote)
        raw = self._text[start:end]
        if quote not in _CURLY_BODIES and "r" not in prefix and "\\" in raw:
            raw = _ESCAPE.sub(_unescape, raw)
            raw = _paired(raw)
        if "b" in prefix:
            raw = _utf8(raw)
        return raw, close, whole

    def _end(self, start: int, quote: str) -> tuple[int, int, bool]:
        """Where the string's text ends, where what follows begins, and whether it was closed."""
        text = self._text
        if quote in _CURLY_BODIES:
            end = _match_end(_CURLY_BODIES[quote], text, start)
            closed = text[end : end + 1] in tuple(_CLOSERS[quote])
            return end, end + closed, bool(closed)
        body = _BODIES[quote]
        end = first = _match_end(body, text, start)
        lines = 0
        while text[end : end + 1] == "\n":
            lines += 1
            if lines > _MOST_LINES or _NEW_RECORD.match(text, end + 1):
                return first, first, False
            if self._last_of(quote) <= end:
                return first, first, False
            end = _match_end(body, text, end + 1)
        if text.startswith(quote, end):
            return end, end + len(quote), True
        cut = text.find("\n", start, end) if quote in "`'''\"\"\"" else -1
        end = first if first < end else cut if cut >= 0 else end
        return end, end, False

    def _last_of(self, quote: str) -> int:
        if quote not in self._last:
            self._last[quote] = self._text.rfind(quote)
        return self._last[quote]


def _match_end(pattern: re.Pattern[str], text: str, pos: int) -> int:
    match = pattern.match(text, pos)
    return match.end() if match else pos


def _unescape(match: re.Match[str]) -> str:
    for digits in match.group(1, 2, 3, 4):
        if digits:
            return _character(int(digits, 16))
    if match[5]:
        return _character(int(match[5], 8))
    if match[6]:
        return ""
    return _SIMPLE.get(match[7], match[7])


def _character(code: int) -> str:
    return chr(code) if code <= 0x10FFFF else "�"


def _paired(text: str) -> str:
    """Surrogates that were escaped one by one become the character that they are."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _utf8(text: str) -> str:
    """The text of a printed bytes object."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text
