"""Reads messages that a program printed as bytes: Node's Buffers, lists of numbers."""

from __future__ import annotations

import re

HEX_OPENS = r"<Buffer (?=7b )"
LIST_OPENS = r"(?<![\w.])[\[({](?=\s?(?:123|0x7[bB]),? ?(?:34|0x22)[, ])"
_HEX = re.compile(r"<Buffer ((?:[0-9a-f]{2} ?)*)(?:\.{3} (\d+) more bytes?)?>?")
_LIST = re.compile(r"[\[({]\s?((?:(?:0x[0-9a-fA-F]{2}|\d{1,3}),? ?)*)[\])}]?")


def buffer_at(text: str, start: int) -> tuple[str, int, bool]:
    """The text in a Buffer, the place behind it, and whether all of it is shown."""
    match = _HEX.match(text, start)
    assert match is not None
    data = bytes.fromhex(match[1])
    return data.decode("utf-8", "ignore"), match.end(), not int(match[2] or 0)


def list_at(text: str, start: int) -> tuple[str, int, bool]:
    """The text in a list of bytes, the place behind it, and whether the list is closed."""
    match = _LIST.match(text, start)
    assert match is not None
    numbers = [int(word, 0) for word in match[1].replace(",", " ").split() if not _octal(word)]
    data = bytes(number for number in numbers if number < 256)
    return data.decode("utf-8", "ignore"), match.end(), match.group()[-1] in "])}"


def _octal(word: str) -> bool:
    return len(word) > 1 and word[0] == "0" and word[1] != "x"
