"""The one place where a message becomes an event, or the reason why it is none.

orjson decodes. It refuses NaN, Infinity and lone surrogates, which other parsers let pass, so what
it refuses is read again by ``json``: the event is judged all the same and the flaw is reported.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import orjson

from rtdebug.model.records import Event, Sender, Undecodable
from rtdebug.packs.pack import Pack

MAX_DEPTH = 128


class Decoded(NamedTuple):
    """An event or the reason why there is none; ``flaw`` is what is wrong with a message that
    could be read all the same."""

    record: Event | Undecodable
    flaw: str = ""


def decode(
    pack: Pack, data: str | bytes, seq: int, at: float, sender: Sender, *, binary: bool = False
) -> Decoded:
    """A message as it crossed the wire, decoded. Text may come as str or as its UTF-8 bytes."""
    if binary and pack.binary == "forbidden":
        kind = f"a binary message of {len(data)} bytes; the protocol sends JSON as text"
        return Decoded(Undecodable(seq, at, sender, data, kind))
    if binary and pack.binary_facts:
        return Decoded(Undecodable(seq, at, sender, data, "binary audio"))
    flaw = ""
    try:
        payload = orjson.loads(data)
    except ValueError as error:
        try:
            payload = _lenient(data)
        except (ValueError, RecursionError):
            return Decoded(Undecodable(seq, at, sender, data, _why(data, error)))
        flaw = _flaw(data)
    if not isinstance(payload, dict):
        reason = f"JSON, but {_json_type(payload)} where an object was expected"
        return Decoded(Undecodable(seq, at, sender, data, reason))
    type_ = pack.name_of(payload)
    if type_ is None:
        return Decoded(Undecodable(seq, at, sender, data, _untyped(pack, payload)))
    return Decoded(Event(seq, at, sender, type_, payload, utf8_length(data), data), flaw)


def _lenient(data: str | bytes) -> Any:
    text = data.decode() if isinstance(data, bytes) else data
    return json.loads(text)


def utf8_length(data: str | bytes) -> int:
    """The size of a message on the wire, in bytes."""
    if isinstance(data, bytes) or data.isascii():
        return len(data)
    return len(data.encode("utf-8", "surrogatepass"))


def _flaw(data: str | bytes) -> str:
    text = data.decode() if isinstance(data, bytes) else data
    for word in ("NaN", "-Infinity", "Infinity"):
        if word in text:
            return f"{word} is not JSON (RFC 8259 section 6); most parsers refuse the message"
    if "\\ud" in text.lower():
        return "a lone surrogate (\\ud800 to \\udfff without its half) is not Unicode text"
    return "it is at the edge of JSON: strict parsers refuse it"


def _why(data: str | bytes, error: ValueError) -> str:
    if not data:
        return "an empty message"
    if isinstance(data, bytes):
        try:
            data = data.decode()
        except UnicodeDecodeError as broken:
            return f"not UTF-8: byte {broken.start} is 0x{broken.object[broken.start]:02x}"
    line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
    what = getattr(error, "msg", str(error))
    return f"not JSON at line {line}, column {column}: {what}"


def _json_type(value: object) -> str:
    names = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _untyped(pack: Pack, payload: dict[str, Any]) -> str:
    value = payload.get(pack.type_of)
    if value is None:
        keys = ", ".join(list(payload)[:5]) or "nothing"
        return f'an object without "{pack.type_of}" (it has {keys})'
    return f'an object whose "{pack.type_of}" is {_json_type(value)} where a string was expected'
