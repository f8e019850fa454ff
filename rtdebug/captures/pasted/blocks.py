"""Finds the values in a text: JSON, and what programs print in its stead."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rtdebug.captures.pasted.gomap import GoReader, snake_cased
from rtdebug.captures.pasted.literals import LiteralReader, Named
from rtdebug.captures.pasted.print_r import PrintRReader
from rtdebug.captures.pasted.printed_bytes import buffer_at, list_at
from rtdebug.captures.pasted.prints import PRINTS, Reads

_OPENINGS = {row.opens: row.reads for row in PRINTS}
_READS = {f"opens_{number}": reads for number, reads in enumerate(_OPENINGS.values())}
_START = re.compile(
    "|".join(f"(?P<{name}>{opens})" for name, opens in zip(_READS, _OPENINGS, strict=True))
)
_OPENERS = re.compile(r"[\[{(\s]*")
_NAME_BEFORE = re.compile(r"([A-Za-z_][\w.:]*)[ \t]*$")
_CLASS_BEFORE = re.compile(r"[A-Za-z_][\w.:]*$")
_NAME = 80
_ESCAPED = re.compile(r"\{\s*(?:\\n\s*)*(\\+)[\"']")
_ESCAPED_BODY = re.compile(r'(?:[^"\\\n]|\\.)*')
_DOUBLED = re.compile(r'\{\s*""\w')
_DECODER = json.JSONDecoder()
_WINDOW = 2048
_SPLIT = 8  # a window may end inside of a word or an escape
_PLAIN_JSON = re.compile(r'\{\s*(?:"|\}|$)')


@dataclass(frozen=True, slots=True)
class Block:
    """A value in a text. ``text`` is what stands there if that is JSON; ``loose``: it holds
    words that are no values, as program code does; ``typed``: texts and numbers are told apart."""

    start: int
    end: int
    value: Any
    whole: bool = True
    text: str | None = None
    loose: bool = False
    typed: bool = True


def blocks_in(text: str, *, nested: bool = False) -> Iterator[Block]:
    """The values in ``text``, in order, in time that grows with its length alone."""
    literals, pos = LiteralReader(text), 0
    while match := _START.search(text, pos):
        start = match.start()
        found = list(_at(text, match, pos, literals, nested))
        yield from (block for block in found if block.value)
        end = found[-1].end if found else start
        if end <= start + 1 or not any(block.value for block in found):
            skipped = _OPENERS.match(text, start)  # a run of openers holds nothing
            end = max(end, skipped.end() if skipped else 0, start + 1)
        pos = end


def _at(
    text: str, opening: re.Match[str], after: int, literals: LiteralReader, nested: bool
) -> Iterator[Block]:
    start, reads = opening.start(), _READS[str(opening.lastgroup)]
    if reads is Reads.LITERAL:
        yield from _literal(text, start, after, literals, nested)
    elif reads in (Reads.BUFFER, Reads.BYTES):
        shown, end, whole = (buffer_at if reads is Reads.BUFFER else list_at)(text, start)
        yield from _within(shown, start, end, whole)
    else:
        reader = GoReader(text) if reads is Reads.GO else PrintRReader(text)
        value = reader.read(start)
        yield Block(start, reader.pos, _on_the_wire(value), reader.whole, typed=False)


def _literal(
    text: str, start: int, after: int, literals: LiteralReader, nested: bool
) -> Iterator[Block]:
    brace = text[start] == "{"
    if brace and not nested and _ESCAPED.match(text, start):
        yield from _escaped(text, start)
        return
    if brace and not nested and _DOUBLED.match(text, start):
        yield from _doubled(text, start)
        return
    if brace and _PLAIN_JSON.match(text, start):
        json_value = _strict(text, start)
        if json_value is not None:
            value, end = json_value
            yield Block(start, end, value, text=text[start:end])
            return
    yield _print(text, start, after, literals)


def _print(text: str, start: int, after: int, literals: LiteralReader) -> Block:
    """A value in another language's print, with the name of its class where one stands there."""
    lead = text[max(after, start - _NAME) : start]
    named = None if text[start] == "{" else _CLASS_BEFORE.search(lead)
    start = start - len(named.group()) if named else start
    value = literals.read(start)
    if not named and isinstance(value, dict) and not isinstance(value, Named):
        name = _NAME_BEFORE.search(lead)
        if name:
            value = Named(value, re.split(r"\.|::", name[1])[-1] if name[1][0].isupper() else "")
    return Block(start, literals.pos, _on_the_wire(value), literals.whole, loose=literals.loose)


def _strict(text: str, start: int) -> tuple[Any, int] | None:
    """The JSON object at ``start`` and the place behind it, None when it is not quite JSON.

    Looks through a window that grows only while the object may go on: a decoder's error costs
    time with all that it was given.
    """
    width = _WINDOW
    while True:
        window = text[start : start + width]
        try:
            value, end = _DECODER.raw_decode(window)
        except json.JSONDecodeError as error:
            goes_on = error.pos >= len(window) - _SPLIT or error.msg.startswith("Unterminated")
            if not goes_on or start + width >= len(text):
                return None
            width *= 4
        except (ValueError, RecursionError):
            return None
        else:
            return value, start + end


def _on_the_wire(value: Any) -> Any:
    """Objects whose fields are named as in Go or C# get the names that are on the wire."""
    if isinstance(value, dict) and "type" not in value and ("Type" in value or "Code" in value):
        plain = snake_cased(value)
        return Named(plain, value.name) if isinstance(value, Named) else plain
    return value


def _escaped(text: str, start: int) -> Iterator[Block]:
    """JSON inside a string: ``{\\"type\\": ...}`` up to the quote that ends the string."""
    match = _ESCAPED_BODY.match(text, start)
    end = match.end() if match else start + 1
    inner = text[start:end]
    for _ in range(3):
        if not _ESCAPED.match(inner):
            break
        inner = _unescaped(inner)
    yield from _within(inner, start, end)


def _doubled(text: str, start: int) -> Iterator[Block]:
    """JSON in a field of a CSV file, with its quotes doubled."""
    line_end = text.find("\n", start)
    end = line_end if line_end >= 0 else len(text)
    yield from _within(text[start:end].replace('""', '"'), start, end)


def _within(inner: str, start: int, end: int, whole: bool = True) -> Iterator[Block]:
    found = False
    for block in blocks_in(inner, nested=True):
        found = True
        yield Block(start, end, block.value, block.whole and whole, block.text, block.loose)
    if not found:
        yield Block(start, end, None)


def _unescaped(text: str) -> str:
    try:
        unescaped = json.loads(f'"{text}"')
    except ValueError:
        unescaped = text.replace('\\"', '"').replace("\\\\", "\\")
    return str(unescaped)
