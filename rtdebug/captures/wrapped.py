"""Finds the messages in parsed values, whatever a log wrapped around them.

Other tools write ``{"ts": ..., "dir": "send", "event": {...}}`` in many spellings: the event under
``event``, ``message``, ``data``, ``payload`` and the like, as an object or as text, or bare.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import Any

from rtdebug.captures import pieces
from rtdebug.captures.endings import bare_error, ending_in, hang_up
from rtdebug.captures.fields import LABELS, LISTS, RANKS, SLOTS, stamp_among
from rtdebug.captures.jsonl import loads
from rtdebug.captures.labels import FLAGS, is_side, sender_named
from rtdebug.captures.names import is_named, namer
from rtdebug.captures.pieces import Context, Piece, What
from rtdebug.captures.reading import SenderOf
from rtdebug.captures.stamps import Stamp
from rtdebug.model.records import Sender

DEPTH = 6
# "input_audio_transcription" tells what a message is about and not which way it went.
_OF_SPEECH = re.compile(r"(?i)audio|transcri|speech")
_DOTTED = re.compile(r"^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+$")
_ERRORS = ("error", "err", "exception", "cause", "detail", "details")
_TERMINAL = ("completed", "failed", "cancelled", "incomplete")
_DONE = "response.done"
_ENDS = (What.BARE_ERROR, What.CLOSED, What.REFUSED)

TextReader = Callable[[str, Context], list[Piece]]


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
        self.unit = ""
        """The unit of small times whose field does not say it ("" = seconds)."""

    def pieces(
        self, value: Any, context: Context = pieces.NO_CONTEXT, *, whole: bool = True
    ) -> list[Piece]:
        """Everything ``value`` holds, in order; empty when it holds nothing known."""
        return list(self._any(value, context, whole, DEPTH, False))

    # -- what is an event --------------------------------------------------------------------

    def event_type(self, value: dict[str, Any], *, lenient: bool = False) -> str | None:
        """The type of an event, None for an object that is none.

        Lenient where the log itself calls the object a message: then any name will do.
        """
        kind = self.name_of(value)
        if kind is None or _is_of_browser(value):
            return None
        if self.sender_of(kind) is not None or _DOTTED.match(kind) or "type" not in value:
            return kind
        if lenient or is_named(kind):
            return kind
        return kind if "event_id" in value and bare_error(value) is None else None

    # -- descent -----------------------------------------------------------------------------

    def _any(
        self, value: Any, context: Context, whole: bool, depth: int, labelled: bool
    ) -> Iterator[Piece]:
        if depth == 0:
            return
        if isinstance(value, dict):
            yield from self._dict(value, context, whole, depth, labelled)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict | list | str):
                    yield from self._any(item, context, whole, depth - 1, labelled)
        elif isinstance(value, str):
            yield from self._str(value, context, whole, depth, labelled)

    def _str(
        self, value: str, context: Context, whole: bool, depth: int, labelled: bool
    ) -> Iterator[Piece]:
        text = value.strip()
        if text[:1] in ("{", "[", '"'):
            try:
                parsed = loads(text.encode("utf-8", "surrogatepass"))
            except ValueError:
                parsed = None
            if isinstance(parsed, dict) and (kind := self.event_type(parsed, lenient=labelled)):
                yield Piece(What.EVENT, context, kind, parsed, value, whole=whole)
                return
            if isinstance(parsed, dict | list | str):
                found = list(self._any(parsed, context, whole, depth - 1, labelled))
                if found:
                    yield from found
                    return
        if self._read_text is not None and text:
            yield from self._read_text(value, context)

    def _dict(
        self, value: dict[str, Any], outer: Context, whole: bool, depth: int, labelled: bool
    ) -> Iterator[Piece]:
        if _is_of_browser(value):
            return
        kind = self.event_type(value, lenient=labelled)
        slot = self._slot(value, kind)
        if kind is not None:
            gone = hang_up(value, self._context(value, outer))
            if gone is not None:
                yield gone
                return
        if kind is not None and slot is None:
            times = self._count(value)
            yield Piece(What.EVENT, outer, kind, value, whole=whole, count=times)
            return
        context = self._context(value, outer)
        end = ending_in(value, context)
        if end is not None:
            yield end
            return
        found: list[Piece] = []
        if slot is not None:
            found = list(self._any(value[slot], context, whole, depth - 1, self._says_who(value)))
        if all(piece.what is What.REMARK for piece in found):
            found = list(self._otherwise(value, context, whole, depth)) or found
        yield from self._repeated(found, value)

    def _slot(self, value: dict[str, Any], kind: str | None) -> str | None:
        """The field that holds the message; None when ``value`` is itself an event."""
        slots = sorted((name for name in value if name in RANKS), key=RANKS.__getitem__)
        for name in slots:
            inner = value[name]
            if isinstance(inner, dict):
                if self.event_type(inner) or (kind is None and self._holds(inner)):
                    return name
            elif not inner:
                continue
            elif kind is not None:
                if isinstance(inner, str) and self._is_text_of(inner, kind):
                    return name
            elif isinstance(inner, str):
                if inner.lstrip()[:1] in ("{", "["):
                    return name
            elif isinstance(inner, list):
                if isinstance(inner[0], dict | str) and name != "content":
                    return name
        if kind is not None:
            return None
        return next((name for name in slots if isinstance(value[name], dict | list | str)), None)

    def _is_text_of(self, text: str, kind: str) -> bool:
        """Whether a row that tells a type beside other fields holds the event itself as text."""
        if not text.lstrip().startswith("{"):
            return False
        try:
            inner = loads(text.encode("utf-8", "surrogatepass"))
        except ValueError:
            return False
        return isinstance(inner, dict) and self.name_of(inner) == kind

    def _holds(self, value: dict[str, Any]) -> bool:
        if "type" in value and isinstance(value["type"], str):
            return True
        return any(isinstance(value.get(name), dict | str) for name in SLOTS)

    def _otherwise(
        self, value: dict[str, Any], context: Context, whole: bool, depth: int
    ) -> Iterator[Piece]:
        """Lists of messages, an event told by name only, an error without its envelope."""
        for name in LISTS:
            if isinstance(value.get(name), list):
                found = list(self._any(value[name], context, whole, depth - 1, False))
                if found:
                    yield from found
                    return
        named = self._named(value, context)
        if named is not None:
            yield from self._repeated([named], value)
            return
        response = self._response(value)
        if response is not None:
            yield Piece(What.EVENT, context, response["type"], response, whole=False)
            return
        bare = bare_error(value)
        if bare is not None:
            yield Piece(What.BARE_ERROR, context, "error", bare, whole=False)
            return
        told = self._told(value, context)
        if told:
            yield from told
            return
        message = self._undecodable(value, context)
        if message is not None:
            yield message
            return
        for inner in value.values():  # one level of naming of their own
            if isinstance(inner, dict) and depth > 1:
                yield from self._any(inner, context, whole, depth - 2, False)

    def _named(self, value: dict[str, Any], context: Context) -> Piece | None:
        """``{"event": "session.created", ...}``: a name, with its fields beside or below it."""
        for name in ("event", "type", "event_type", "eventType", "name", "msg", "message", "kind"):
            kind = value.get(name)
            if isinstance(kind, str) and (self.sender_of(kind) or _DOTTED.match(kind)):
                if name in ("msg", "message", "name") and self.sender_of(kind) is None:
                    continue
                below = next(
                    (value[slot] for slot in SLOTS if isinstance(value.get(slot), dict)), None
                )
                if below is not None:
                    return Piece(What.EVENT, context, kind, {"type": kind, **below}, whole=False)
                return Piece(What.EVENT, context, kind, {"type": kind}, whole=False)
        return None

    def _response(self, value: dict[str, Any]) -> dict[str, Any] | None:
        """A finished response that a log shows without the event that carried it."""
        if value.get("object") != "realtime.response" or value.get("status") not in _TERMINAL:
            return None
        return {"type": _DONE, "response": value} if self.sender_of(_DONE) else None

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
        for name in ("data", "payload", "payloadData", "raw", "frame", "text", "body", "event"):
            inner = value.get(name)
            if name in LABELS and isinstance(inner, str) and sender_named(inner) is not None:
                continue  # it says who spoke, not what: {"event": "stop"} of a telephone's stream
            if isinstance(inner, str):
                raw = _binary(inner) if value.get("opcode") == 2 else None
                return Piece(What.MESSAGE, context, text=inner, raw=raw)
        return None

    @staticmethod
    def _count(value: dict[str, Any]) -> int:
        times = value.get("count")
        return times if isinstance(times, int) and 1 < times < 100_000 else 1

    def _repeated(self, found: list[Piece], value: dict[str, Any]) -> Iterator[Piece]:
        """A row of a console list stands for as many events as its ``count`` says."""
        times = self._count(value)
        for piece in found:
            if times > 1 and len(found) == 1 and piece.what is What.EVENT:
                yield Piece(
                    What.EVENT, piece.context, piece.type, piece.data, piece.text,
                    whole=piece.whole, count=times,
                )  # fmt: skip
            else:
                yield piece

    # -- around the message ------------------------------------------------------------------

    def _says_who(self, value: dict[str, Any]) -> bool:
        return self._label(value)[0] is not None

    def _label(self, value: dict[str, Any]) -> tuple[Sender | None, bool]:
        for name in LABELS:
            label = value.get(name)
            if isinstance(label, str):
                if name in ("type", "event", "name", "role") and (
                    self.sender_of(label) or _OF_SPEECH.search(label)
                ):
                    continue
                sender = sender_named(label)
                if sender is not None:
                    return sender, is_side(label)
        for name, flag in value.items():
            if isinstance(flag, bool) and name.lower() in FLAGS:
                return FLAGS[name.lower()][0 if flag else 1], False
        return None, False

    def _context(self, value: dict[str, Any], outer: Context) -> Context:
        sender, outright = self._label(value)
        if sender is None:
            sender, outright = outer.sender, outer.outright
        return Context(sender, outright, self.stamp(value) or outer.stamp, outer.line)

    def stamp(self, value: dict[str, Any]) -> Stamp | None:
        """The time a wrapper tells."""
        return stamp_among(value, self.unit)


def _is_of_browser(value: dict[str, Any]) -> bool:
    """Whether it is the browser's own event that a socket failed, which never says why."""
    return value.get("type") == "error" and "isTrusted" in value and "error" not in value


def _binary(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
