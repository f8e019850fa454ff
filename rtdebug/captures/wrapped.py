"""Finds the messages in parsed values, whatever a log wrapped around them.

One rule does for every container: an object whose type is a message's is that message; anything
else is looked through, at every key and depth, and a string that holds JSON is looked through like
an object. What the records on the way say (time, direction, ids) is the message's context.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from rtdebug.captures import otlp, pieces
from rtdebug.captures.around import context_of, label_of
from rtdebug.captures.bare_objects import BareObjects
from rtdebug.captures.endings import bare_error, call_state_in, ending_in, hang_up
from rtdebug.captures.fields import LABELS, RANKS, plain, slots_in, stamp_among
from rtdebug.captures.jsonl import loads
from rtdebug.captures.labels import sender_named, way
from rtdebug.captures.names import is_named, namer, signs
from rtdebug.captures.pieces import Context, Piece, What
from rtdebug.captures.reading import SenderOf
from rtdebug.captures.stamps import Stamp
from rtdebug.model.value import EMPTY

DEPTH = 32
_DOTTED = re.compile(r"^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+$")
_ERRORS = ("error", "err", "exception", "cause", "detail", "details")
_ENDS = (What.BARE_ERROR, What.CLOSED, What.REFUSED)
_PARTS = ("input_text", "output_text", "input_audio", "output_audio", "input_image")
_MESSAGES = (What.EVENT, What.MESSAGE)
_NAMES = ("event", "type", "event_type", "eventType", "name", "msg", "message", "kind")
_LOOSE_NAMES = frozenset({"msg", "message", "name"})
_DECODER = json.JSONDecoder()

TextReader = Callable[[str, Context], list[Piece]]


class _Place(NamedTuple):
    """Where a value stands. ``sure``: under names that logs use for messages, so that a type that
    no pack knows is one as well; ``labelled``: beside a word that says who sent it."""

    context: Context
    whole: bool = True
    depth: int = DEPTH
    sure: bool = True
    labelled: bool = False

    def inside(self, context: Context, *, sure: bool = True, labelled: bool = False) -> _Place:
        return _Place(context, self.whole, self.depth - 1, self.sure and sure, labelled)


class Unwrapper:
    """Takes parsed values apart. ``read_text`` reads text that is no JSON (a log line),
    ``read_error`` the text of a field that holds an error."""

    def __init__(
        self,
        sender_of: SenderOf,
        read_text: TextReader | None = None,
        read_error: TextReader | None = None,
    ) -> None:
        self.sender_of = sender_of
        self.name_of = namer(sender_of)
        self._read_text = read_text
        self._read_error = read_error or read_text
        self._bare = BareObjects(sender_of)
        self.units: Mapping[str, str] = EMPTY
        """The units of fields with small times that do not say theirs (else seconds)."""

    def pieces(
        self, value: Any, context: Context = pieces.NO_CONTEXT, *, whole: bool = True
    ) -> list[Piece]:
        """Everything ``value`` holds, in order; empty when it holds nothing known."""
        return list(self._any(value, _Place(context, whole)))

    def stamp(self, value: dict[str, Any]) -> Stamp | None:
        """The time a wrapper tells."""
        return stamp_among(value, self.units)

    # -- what is an event --------------------------------------------------------------------

    def event_type(
        self, value: dict[str, Any], *, lenient: bool = False, sure: bool = True
    ) -> str | None:
        """The type of an event, None for an object that is none.

        Lenient where the log itself calls the object a message: then any name will do. Where
        nothing is ``sure``, a type that no pack knows needs an id of an event beside it.
        """
        kind = self.name_of(value)
        if kind is None or _is_of_browser(value):
            return None
        if lenient or "type" not in value:
            return kind
        if self.sender_of(kind) is not None and (sure or kind != "error" or _is_error(value)):
            return kind
        if is_named(kind) or (sure and _DOTTED.match(kind)):
            return kind
        return kind if "event_id" in value and bare_error(value) is None else None

    # -- descent -----------------------------------------------------------------------------

    def _any(self, value: Any, place: _Place) -> Iterator[Piece]:
        if place.depth == 0:
            return
        if isinstance(value, dict | list) and otlp.is_wrapped(value):
            value = otlp.unwrapped(value)
        if isinstance(value, dict):
            yield from self._dict(value, place)
        elif isinstance(value, list):
            yield from self._list(value, place)
        elif isinstance(value, str):
            yield from self._str(value, place)

    def _list(self, value: list[Any], place: _Place) -> Iterator[Piece]:
        """Its items; a word among them says who sent what follows: ``["recv", "{…}"]``."""
        context = place.context
        for item in value:
            if isinstance(item, str) and (sender := way(item)):
                context = replace(context, sender=sender)
            elif isinstance(item, dict | list | str):
                yield from self._any(item, place.inside(context))

    def _str(self, value: str, place: _Place) -> Iterator[Piece]:
        text = value.strip()
        if text[:1] in ("{", "[", '"'):
            found = list(self._json(value, text, place))
            if found:
                yield from found
                return
        if self._read_text is not None and text:
            yield from self._read_text(value, place.context)

    def _json(self, value: str, text: str, place: _Place) -> Iterator[Piece]:
        """What the JSON in a string holds: one value, or several behind each other."""
        parsed = list(_values_in(text))
        for one in parsed:
            kind = None
            if isinstance(one, dict):
                kind = self.event_type(one, lenient=place.labelled, sure=place.sure)
            if kind is not None and len(parsed) == 1 and not self._carries(one, kind):
                yield Piece(What.EVENT, place.context, kind, one, value, whole=place.whole)
            elif isinstance(one, dict | list | str):
                yield from self._any(one, place.inside(place.context, labelled=place.labelled))

    def _dict(self, value: dict[str, Any], place: _Place) -> Iterator[Piece]:
        if _is_of_browser(value):
            return
        kind = self.event_type(value, lenient=place.labelled, sure=place.sure)
        if kind is not None:
            gone = hang_up(value, place.context)
            if gone is not None:  # what stands around it is worked out for the few that are one
                yield hang_up(value, self._context(value, place.context)) or gone
                return
        if kind is not None and not self._carries(value, kind):
            times = _count(value)
            yield Piece(What.EVENT, place.context, kind, value, whole=place.whole, count=times)
            return
        yield from _repeated(self._record(value, place), value)

    def _record(self, value: dict[str, Any], place: _Place) -> Iterable[Piece]:
        """What a record holds: a connection's end, messages in any of its fields, or words."""
        inner = place.inside(self._context(value, place.context))
        end = ending_in(value, inner.context) if place.sure else None
        if end is not None:
            return [end]
        state = call_state_in(value)
        if state and self._read_text is not None:
            told = self._read_text(state, inner.context)
            if any(piece.what is What.CLOSED for piece in told):
                return told
        found = _once(self._fields(value, inner))
        if any(piece.what in _MESSAGES for piece in found):
            return found
        return list(self._otherwise(value, inner)) or found or self._words(value, inner)

    def _fields(self, value: dict[str, Any], place: _Place) -> Iterator[Piece]:
        """What stands in the fields of a record, whatever they are called."""
        labelled = self._says_who(value)
        for name, inner in value.items():
            if isinstance(inner, str):
                if not _may_hold(inner):
                    continue
            elif not isinstance(inner, dict | list) or not inner:
                continue
            sure = plain(name) in RANKS or isinstance(inner, list)
            yield from self._any(
                inner, place._replace(sure=place.sure and sure, labelled=labelled and sure)
            )

    def _carries(self, value: dict[str, Any], kind: str) -> bool:
        """Whether an object that has a type is a row about a message and not the message: it
        tells the type of an event that it holds, or its type is unknown and that of what it holds
        is not. What has an id of an event is one, whatever it holds."""
        known = self.sender_of(kind) is not None
        if not known and "event_id" in value:
            return False
        for name, inner in value.items():
            if isinstance(inner, str):
                if name == "type" or not _is_object_with_type(inner, kind if known else ""):
                    continue
                inner = _object_in(inner)  # noqa: PLW2901
            if not isinstance(inner, dict):
                continue
            below = self.name_of(inner)
            if below is not None and (below == kind if known else self.sender_of(below)):
                return True
        return False

    # -- what a record says without the message ------------------------------------------------

    def _otherwise(self, value: dict[str, Any], place: _Place) -> Iterator[Piece]:
        """An event told by name only, an object or an error without its envelope, a message that
        is no JSON."""
        named = self._named(value, place)
        if named is not None:
            yield named
            return
        kind = self._bare.type_of(value)
        if kind is not None:
            yield self._bare.piece(kind, value, place.context)
            return
        bare = bare_error(value)
        if bare is not None:
            yield Piece(What.BARE_ERROR, place.context, "error", bare, whole=False)
            return
        told = self._told(value, place.context)
        if told:
            yield from told
            return
        message = self._undecodable(value, place.context)
        if message is not None:
            yield message

    def _named(self, value: dict[str, Any], place: _Place) -> Piece | None:
        """``{"event": "session.created", ...}``: a name, with its fields beside or below it."""
        for name in _NAMES:
            kind = value.get(name)
            if not isinstance(kind, str) or not (self.sender_of(kind) or _DOTTED.match(kind)):
                continue
            if self.sender_of(kind) is None and (name in _LOOSE_NAMES or not place.sure):
                continue
            slots = (value[slot] for slot in slots_in(value))
            below = next((slot for slot in slots if isinstance(slot, dict)), {})
            return Piece(What.EVENT, place.context, kind, {"type": kind, **below}, whole=False)
        return None

    def _words(self, value: dict[str, Any], place: _Place) -> list[Piece]:
        """What the line of words in a record says."""
        if self._read_text is None:
            return []
        for name in slots_in(value):
            text = value[name]
            if isinstance(text, str) and text.strip() and not _may_hold(text):
                return self._read_text(text, place.context)
        return []

    def _told(self, value: dict[str, Any], context: Context) -> list[Piece]:
        """An error, a close or a refusal in the words of a field: ``{"error": "Error(...)"}``."""
        for name in _ERRORS:
            text = value.get(name)
            if isinstance(text, str) and text and self._read_error is not None:
                found = [
                    piece
                    for piece in self._read_error(text, context)
                    if piece.what in _ENDS or piece.type == "error"
                ]
                if found:
                    return found[:1]
        return []

    def _undecodable(self, value: dict[str, Any], context: Context) -> Piece | None:
        """A message the log shows that is no JSON: text, or binary in base64."""
        if context.sender is None or not self._says_who(value) or "role" in value:
            return None  # what has a role is a line of a conversation and no message of a wire
        if value.get("type") in _PARTS:
            return None  # a piece of an event whose beginning was cut off
        for name in ("data", "payload", "payloadData", "raw", "frame", "text", "body", "event"):
            inner = value.get(name)
            if name in LABELS and isinstance(inner, str) and sender_named(inner) is not None:
                continue  # it says who spoke, not what: {"event": "stop"} of a telephone's stream
            if isinstance(inner, str):
                raw = _binary(inner) if value.get("opcode") == 2 else None
                return Piece(What.MESSAGE, context, text=inner, raw=raw)
        return None

    def _says_who(self, value: dict[str, Any]) -> bool:
        return label_of(value, self.sender_of)[0] is not None

    def _context(self, value: dict[str, Any], outer: Context) -> Context:
        return context_of(value, outer, self.sender_of, self.units)


def _once(found: Iterable[Piece]) -> list[Piece]:
    """Pieces without those that show again what another field of the same record shows."""
    kept: list[Piece] = []
    for piece in found:
        if not any(piece.type == one.type and piece.data == one.data for one in kept if piece.type):
            kept.append(piece)
    if any(piece.what in _MESSAGES for piece in kept):
        return [piece for piece in kept if piece.what in _MESSAGES]
    return kept


def _count(value: dict[str, Any]) -> int:
    times = value.get("count")
    return times if isinstance(times, int) and 1 < times < 100_000 else 1


def _repeated(found: Iterable[Piece], value: dict[str, Any]) -> Iterator[Piece]:
    """A row of a console list stands for as many events as its ``count`` says."""
    times, kept = _count(value), list(found)
    if times > 1 and len(kept) == 1 and kept[0].what is What.EVENT:
        kept = [replace(kept[0], count=times)]
    yield from kept


def _may_hold(text: str) -> bool:
    """Whether a string may hold a message: a bracket, and a name that a message has."""
    if "{" not in text and "[" not in text and "<" not in text:
        return False
    return "type" in text or "Type" in text or any(sign in text for sign in signs())


def _is_object_with_type(text: str, kind: str) -> bool:
    return text.lstrip()[:1] == "{" and '"type"' in text and kind in text


def _object_in(text: str) -> Any:
    try:
        return loads(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return None


def _values_in(text: str) -> Iterator[Any]:
    """The JSON values that a text consists of, nothing where it holds anything else."""
    try:
        yield loads(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        if "}" in text[:-1]:
            yield from _behind_each_other(text)


def _behind_each_other(text: str) -> list[Any]:
    values, pos = [], 0
    while pos < len(text):
        try:
            value, end = _DECODER.raw_decode(text, pos)
        except (ValueError, RecursionError):
            return []
        values.append(value)
        pos = end + len(text[end : end + 64]) - len(text[end : end + 64].lstrip())
    return values


def _is_of_browser(value: dict[str, Any]) -> bool:
    """Whether it is the browser's own event that something failed: of a socket, where it never
    says why, or of a data channel (RTCErrorEvent), where the error is the browser's object."""
    if value.get("type") != "error" or "isTrusted" not in value:
        return False
    error = value.get("error")
    return not isinstance(error, dict) or not ({"code", "param", "event_id"} & error.keys())


def _is_error(value: dict[str, Any]) -> bool:
    return isinstance(value.get("error"), dict) or "event_id" in value


def _binary(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
