"""Says what a value in a text is: an event, several, an error, a close, or nothing of ours."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from typing import Any

from rtdebug.captures.assembling import known_sender
from rtdebug.captures.endings import bare_error
from rtdebug.captures.pasted.blocks import Block, blocks_in
from rtdebug.captures.pasted.errors import error_in
from rtdebug.captures.pasted.literals import Named
from rtdebug.captures.pieces import NO_CONTEXT, Context, Piece, What
from rtdebug.captures.reading import SenderOf
from rtdebug.captures.wrapped import Unwrapper
from rtdebug.model.records import Sender

_CODE = re.compile(
    r"(?:stringify|dumps|to_json|toJson|Marshal|send|send_json|sendEvent|send_event|emit|return"
    r"|await|json!|encode|serialize|publish|push|create|update)\s*\(?\s*$|=>\s*\(?\s*$"
    r"|\b(?:const|let|var)\s+[\w:\s]+=\s*$"
)
_DECLARED = re.compile(
    r"\b(?:const|let|var)\s+[\w:\s]+=\s*$|=>\s*$"
    r"|\b(?:function|if|for|while|switch|catch|def|func|fn)\b[^\n]*$"
)
_NAMED_BEFORE = re.compile(
    r"(?<![\w.])([A-Za-z][A-Za-z0-9_]*(?:\.[a-z0-9_]+)*)[\"'`*]*[\s:=>,\-–—|]*$"
)
_PAIRS = re.compile(r"(?:[\s,]+[a-z_]{2,40}=[^\s={}]{1,60})+[\s,]*$")  # "item_id=item_1 index=0"
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]+")
_EMPTY_WORDS = ("Event", "Server", "Client", "Realtime", "Message", "Payload", "Model")
_MOST_WORDS = 8
_PLACEHOLDER = re.compile(r"…|\.{3}|^[<\[(]|bytes|truncated|omitted|redacted|elided|\*{3}|base64")
_LEAD = 120
_BEHIND = 24
_LENGTH = re.compile(r"['\"]?\s*[\[(](\d{1,9}) bytes\b")
_QUOTES = 4
_SNAKE = re.compile(r"_([a-z])")
_MIDDLE = re.compile(r"\w(?:\.{3}|…)\w")


class ValueReader:
    """Understands the values of one text."""

    def __init__(self, sender_of: SenderOf) -> None:
        self._sender_of = sender_of
        self._unwrapper = Unwrapper(sender_of, read_error=self._error)

    def pieces(self, text: str, block: Block) -> list[Piece]:
        """What the value holds; empty when it is nothing of the protocol's."""
        lead = text[max(0, block.start - _LEAD) : block.start].rpartition("\n")[2]
        value = block.value
        if _DECLARED.search(lead) or (
            block.loose and _CODE.search(lead) and not _is_print(value, text, block)
        ):
            return []
        named = self._by_class(value)
        found = self._unwrapper.pieces(named or value, NO_CONTEXT, whole=block.whole)
        if not found and isinstance(value, Named) and "type" not in value:
            found = self._unwrapper.pieces(on_the_wire(value), NO_CONTEXT, whole=block.whole)
        if not found:
            found = self._by_lead(value, lead, block.whole)
        if not block.whole:
            found = [piece for piece in found if not self._is_cut(piece, text)]
        behind = text[block.end : block.end + _BEHIND]
        return [self._finished(piece, block, behind) for piece in found]

    def _error(self, text: str, context: Context) -> list[Piece]:
        """The error that the text of a field holds, as an object in it or in plain words."""
        for block in blocks_in(text, nested=True):
            found = self._unwrapper.pieces(block.value, context, whole=block.whole)
            if found:
                return found
        error = error_in(text)
        return [Piece(What.BARE_ERROR, context, "error", error, text, whole=False)] if error else []

    def _finished(self, piece: Piece, block: Block, behind: str) -> Piece:
        if piece.what is not What.EVENT:
            return piece
        if piece.data is block.value and block.text is not None:
            piece = replace(piece, text=block.text)
        length = _LENGTH.match(behind)
        shortened = (
            block.loose  # bare words do not say whether they are texts
            or not block.typed
            or is_shortened(piece.data)
            or self._lacks_its_id(piece)
            or (length is not None and int(length[1]) > block.end - block.start + _QUOTES)
        )
        return replace(piece, whole=False) if shortened else piece

    def _is_cut(self, piece: Piece, text: str) -> bool:
        """Whether the text ends inside of the event's type, so that it is not known."""
        known = self._sender_of(piece.type) is not None
        return piece.what is What.EVENT and not known and text.rstrip().endswith(piece.type)

    def _lacks_its_id(self, piece: Piece) -> bool:
        """Servers put an ``event_id`` on every event: one without was shortened by hand."""
        by_server = self._sender_of(piece.type) is Sender.SERVER
        return by_server and "type" in piece.data and not piece.data.get("event_id")

    def _by_class(self, value: Any) -> dict[str, Any] | None:
        """An object that tells its type by the name of its class alone."""
        if not isinstance(value, Named) or "type" in value or not value.name:
            return None
        kind = type_named(value.name, self._sender_of)
        if kind is None:
            return None
        return {"type": kind, **_one_field(value)}

    def _by_lead(self, value: Any, lead: str, whole: bool) -> list[Piece]:
        """An object whose type stands before it: ``response.done {...}``."""
        if not isinstance(value, dict):
            return []
        if isinstance(value, Named) and value.name.startswith("Close") and "code" in value:
            return Unwrapper(self._sender_of).pieces({"close": dict(value)}, NO_CONTEXT)
        match = _NAMED_BEFORE.search(_PAIRS.sub("", lead))
        kind = str(match[1]) if match else ""
        if kind == "error" or bare_error(value):
            error = bare_error(value) or (value if value.keys() & {"code", "message"} else None)
            return [Piece(What.BARE_ERROR, type="error", data=error, whole=False)] if error else []
        if "." in kind and known_sender(kind, self._sender_of) is not None:
            return [Piece(What.EVENT, type=kind, data={"type": kind, **value}, whole=False)]
        return []


def _is_print(value: Any, text: str, block: Block) -> bool:
    """Whether an object of bare words is a print: program code quotes the type of an event."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or "." not in kind:
        return False
    shown = text[block.start : block.end]
    return f"type: {kind}" in shown or f"type={kind}" in shown


def _one_field(value: Named) -> dict[str, Any]:
    """Enums print the variant around the struct: the inner fields are the event's."""
    inner = next(iter(value.values()), None)
    return dict(inner) if len(value) == 1 and isinstance(inner, Named) else dict(value)


def type_named(name: str, sender_of: SenderOf) -> str | None:
    """The type whose words a class name spells: ResponseDoneEvent -> response.done."""
    words = [word for word in _HUMP.findall(name) if word not in _EMPTY_WORDS]
    if not 1 < len(words) <= _MOST_WORDS:
        return None
    lower = [word.lower() for word in words]
    for joints in product("._", repeat=len(lower) - 1):
        kind: str = lower[0] + "".join(
            joint + word for joint, word in zip(joints, lower[1:], strict=True)
        )
        if sender_of(kind) is not None:
            return kind
    return None


def on_the_wire(value: Any) -> Any:
    """An SDK's model of a keyed message as the message: without the fields that are not set, and
    with the names of the wire (``server_content`` is ``serverContent`` there)."""
    if isinstance(value, list):
        return [on_the_wire(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        _SNAKE.sub(lambda match: match[1].upper(), key): on_the_wire(inner)
        for key, inner in value.items()
        if inner is not None
    }


def is_shortened(payload: dict[str, Any]) -> bool:
    """Whether a log cut the middle out of an event, or put a stand-in where its audio was."""
    if _MIDDLE.search(str(payload.get("event_id"))):
        return True
    for name in ("audio", "delta"):
        value = payload.get(name)
        if isinstance(value, str) and (
            name == "audio" or "audio.delta" in str(payload.get("type"))
        ):
            if _PLACEHOLDER.search(value) and not value.startswith("data:"):
                return True
    return False
