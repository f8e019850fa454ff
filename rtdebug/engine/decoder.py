"""The one place where a message becomes an event, or the reason why it is none.

orjson decodes. It refuses NaN, Infinity and lone surrogates, which other parsers let pass, so what
it refuses is read again by ``json``: the event is judged all the same and the flaw is reported.
It also lets a member come twice and keeps the last; such a message is flawed as well.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import orjson

from rtdebug.model.records import Event, Flawed, Sender, Undecodable
from rtdebug.packs.pack import Pack

MAX_DEPTH = 128
_LONG, _HEAD, _TAIL = 2048, 400, 200


class Flaws(NamedTuple):
    """What is wrong with a message that could be read all the same: words for what is no JSON at
    all, and the names of members that come twice."""

    malformed: str = ""
    twice: tuple[str, ...] = ()


def decode(
    pack: Pack, data: str | bytes, seq: int, at: float, sender: Sender, *, binary: bool = False
) -> Event | Undecodable:
    """A message as it crossed the wire, decoded. Text may come as str or as its UTF-8 bytes."""
    if binary and pack.binary == "forbidden":
        kind = f"a binary message of {len(data)} bytes; the protocol sends JSON as text"
        return Undecodable(seq, at, sender, data, kind)
    if binary and pack.binary_facts:
        return Undecodable(seq, at, sender, data, "binary audio")
    made: type[Event] = Event
    try:
        payload = orjson.loads(data)
    except ValueError as error:
        try:
            payload = _lenient(data)
        except (ValueError, RecursionError):
            return Undecodable(seq, at, sender, data, _why(data, error))
        made = Flawed
    if not isinstance(payload, dict):
        reason = f"JSON, but {_json_type(payload)} where an object was expected"
        return Undecodable(seq, at, sender, data, reason)
    type_ = pack.name_of(payload)
    if type_ is None:
        return Undecodable(seq, at, sender, data, _untyped(pack, payload))
    if made is Event and has_twice(data, payload):
        made = Flawed
    return made(seq, at, sender, type_, payload, utf8_length(data), data)


def has_twice(data: Any, payload: dict[str, Any]) -> bool:
    """Whether a message that was decoded holds some member twice: more names than were kept.

    Quick where there is none, and never wrong where it says that there is. Most servers write as
    tightly as orjson does: what has the same length when it is written again has lost no member.
    """
    if len(data) >= _LONG and _names(data) <= len(payload):
        return False
    try:
        kept = orjson.dumps(payload)
    except (TypeError, ValueError):
        kept = b""  # numbers and nesting that cannot be written again
    if len(kept) == len(data):
        return False
    return _names(data) > kept.count(b'":') and bool(_twice(data))


def _names(data: Any) -> int:
    """How often a quote and a colon follow each other, as they do behind a name.

    Most long messages are one long value with little around it: where no quote is in the middle,
    only the ends are counted.
    """
    quote, name = ('"', '":') if data.__class__ is str else (b'"', b'":')
    found: int
    if len(data) >= _LONG and data.find(quote, _HEAD, -_TAIL) < 0:
        found = data.count(name, 0, _HEAD + 1) + data.count(name, -_TAIL)
    else:
        found = data.count(name)
    return found


def flaws(event: Event) -> Flaws:
    """What is wrong with the text of an event."""
    data = event.text
    if data is None:
        return Flaws()
    try:
        orjson.loads(data)
    except ValueError:
        return Flaws(_flaw(data), _twice(data))
    return Flaws("", _twice(data))


def _twice(data: str | bytes) -> tuple[str, ...]:
    """The names of members that come twice in one object, as far as it can be read."""
    twice: dict[str, None] = {}

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            for name, _ in pairs:
                if name in seen:
                    twice[name] = None
                seen.add(name)
        return found

    text = data.decode() if isinstance(data, bytes) else data
    try:
        json.loads(text, object_pairs_hook=note)
    except (ValueError, RecursionError):
        return ()
    return tuple(twice)


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
