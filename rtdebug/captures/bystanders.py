"""Tells what a log shows of the session's server from what it shows of all else.

Bridges log two sockets and a backend. An error without its event, a close, a refusal or an open
counts only where nothing says that it is another's: its words, the address in it, the model it
speaks of, what the log holds constant beside it. An error must speak the provider's vocabulary as
well. Whatever cannot be tied to the session stays in the record as a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import orjson

from rtdebug import resources
from rtdebug.captures.names import LogVocabulary
from rtdebug.captures.pieces import Piece, What
from rtdebug.captures.reading import SenderOf
from rtdebug.captures.sockets import told, untied
from rtdebug.model.records import Event, Sender
from rtdebug.packs.choosing import choose
from rtdebug.packs.errors import Said
from rtdebug.packs.load import load_pack
from rtdebug.packs.pack import Pack
from rtdebug.packs.yaml_data import read_yaml

_READ = 2000  # characters
_NO_CODE = 1005
_SHARED = 2  # types that protocols of different families may share, such as "error"
_SAMPLE = 400  # events that tell which pack it is
_URL = re.compile(r"https?://[^\s'\"`<>)\]},]+")
_UPGRADE = re.compile(r"(?i)websocket|upgrade")
_PORT = re.compile(r"(?<=[\w\]]):(\d{2,5})\b(?![:.]\d)")
_WORDS = re.compile(r"[A-Za-z][\w.\-]*")
_SPLIT = re.compile(r"[.\-_/]")
_MODEL = re.compile(
    r"(?i)\b(?:gpt|chatgpt|o[134]|gemini|text-embedding|dall-e|llama|mistral)-[a-z0-9][\w.\-]*"
)
_LEFT = (What.EVENT, What.MESSAGE, What.REMARK, What.ENDED)


class _Known(NamedTuple):
    """What is known of others, from schemas/bystanders.yaml."""

    names: dict[str, frozenset[str]]
    speakers: frozenset[str]
    ports: frozenset[str]
    addresses: re.Pattern[str]
    ours: re.Pattern[str]
    models: re.Pattern[str]
    theirs: re.Pattern[str]


@cache
def _known() -> _Known:
    data = read_yaml(resources.schemas("bystanders.yaml"))
    return _Known(
        {row["word"]: frozenset(row.get("packs", ())) for row in data["names"]},
        frozenset(row["word"] for row in data["names"] if row.get("speaker")),
        frozenset(map(str, data["ports"])),
        *(
            re.compile("|".join(data[name]), re.I)
            for name in ("addresses", "ours", "models", "theirs")
        ),
    )


@cache
def _types_of(pack: str) -> frozenset[str]:
    roles = load_pack(pack).roles.values()
    return frozenset(type_ for of_side in roles for type_ in of_side.values())


def tied(pieces: Sequence[Piece], sender_of: SenderOf) -> list[Piece]:
    """The pieces of one connection, those that are another's as remarks."""
    if all(map(_stands, pieces)):
        return list(pieces)
    alone = not any(piece.what in (What.EVENT, What.MESSAGE) for piece in pieces)
    ties = ties_of(pieces, sender_of, alone=alone)
    found = [ties.piece(piece) for piece in pieces]
    if any(piece.what is not What.REMARK and not _is_vague(piece) for piece in found):
        return found
    return [untied(piece) for piece in found]


def ties_of(pieces: Sequence[Piece], sender_of: SenderOf, *, alone: bool = False) -> Ties:
    """What ties the pieces of a log to its session, by a sample of them."""
    return Ties(pack_of(pieces, sender_of), _models_in(pieces), alone=alone)


def _stands(piece: Piece) -> bool:
    """Whether a piece is the session's by itself."""
    return piece.what in _LEFT and not _may_be_any_error(piece) and not _is_of_no_family(piece)


def _is_vague(piece: Piece) -> bool:
    """Whether it says no more than that something closed, which alone is of no session."""
    text = piece.text or ""
    bare = piece.data.get("code") == _NO_CODE and not piece.data.get("reason")
    coded = any(mark.isdigit() for mark in text.replace(str(_NO_CODE), ""))
    telling = coded or _UPGRADE.search(text) or _known().ours.search(text)
    return piece.what is What.CLOSED and bare and not telling


def _may_be_any_error(piece: Piece) -> bool:
    """Whether it is an "error" as any program may log one."""
    is_error = piece.what is What.EVENT and piece.type == "error"
    return is_error and "event_id" not in piece.data


def _is_of_no_family(piece: Piece) -> bool:
    """Whether it is a message that may be of a protocol whose types are single words."""
    plain = "." not in piece.type and piece.type != "error"
    return piece.what is What.EVENT and plain and "event_id" not in piece.data


def pack_of(pieces: Iterable[Piece], sender_of: SenderOf) -> Pack:
    """The pack whose vocabulary decides: the one that was asked for, else that of the events."""
    if isinstance(sender_of, LogVocabulary):
        return sender_of.pack
    events = [
        Event(0, 0.0, piece.context.sender or sender_of(piece.type) or Sender.SERVER,
              piece.type, piece.data)
        for piece in pieces if piece.what is What.EVENT
    ]  # fmt: skip
    return load_pack(choose(events[:_SAMPLE], resources.pack_names()))


def _models_in(pieces: Iterable[Piece]) -> frozenset[str]:
    """The models that the settings of a session name."""
    found: set[str] = set()
    for piece in pieces:
        session = piece.data.get("session") if piece.what is What.EVENT else None
        if isinstance(session, dict):
            found.update(map(str.lower, _MODEL.findall(_shown(session))))
    return frozenset(found)


class Ties:
    """What ties a piece to a session of ``pack``; ``models`` are those in its settings. ``alone``:
    the log shows no message, so that a close is of whom it names, if he is known to say that."""

    def __init__(self, pack: Pack, models: frozenset[str], *, alone: bool) -> None:
        self._pack = pack
        self._models = models
        self._alone = alone
        self._others: dict[str, bool] = {}

    def piece(self, piece: Piece) -> Piece:
        """The piece itself, or a remark where it is another's."""
        if _stands(piece):
            return piece
        if _is_of_no_family(piece):
            return self._message(piece)
        if _may_be_any_error(piece):
            return self._any_error(piece)
        if self._is_foreign(piece) and not (self._alone and self._is_known_close(piece)):
            return untied(piece)
        if piece.what is What.BARE_ERROR and not self._speaks(piece):
            return untied(piece)
        return piece

    def _is_known_close(self, piece: Piece) -> bool:
        """Whether a close is of a server that a pack is for, with a reason of the error table."""
        if piece.what is not What.CLOSED or not piece.data["reason"]:
            return False
        if not any(packs for _, packs in self._named(_words_of(piece))):
            return False
        return self._pack.errors.knows_reason(Said("close", reason=piece.data["reason"]))

    def _message(self, piece: Piece) -> Piece:
        """A message, or a remark where it is of a protocol that has nothing of this one."""
        if self._pack.role(piece.context.sender or Sender.SERVER, piece.type) is not None:
            return piece
        if self._pack.sender_of(piece.type) is not None or not self._is_of_another(piece.type):
            return piece
        return Piece(What.REMARK, piece.context, text=_shown(piece.data))

    def _is_of_another(self, type_: str) -> bool:
        if type_ not in self._others:
            own = _types_of(self._pack.name)
            self._others[type_] = any(
                type_ in types and len(types & own) <= _SHARED
                for types in map(_types_of, resources.pack_names())
            )
        return self._others[type_]

    def _any_error(self, piece: Piece) -> Piece:
        foreign = self._is_foreign(piece)
        if isinstance(piece.data.get("error"), dict) or "message" not in piece.data:
            keeps = not foreign
        else:
            keeps = not foreign and (piece.whole or self._in_vocabulary(piece.data))
        return piece if keeps else Piece(What.REMARK, piece.context, text=_shown(piece.data))

    def _is_foreign(self, piece: Piece) -> bool:
        known, text = _known(), _words_of(piece)
        marks = " ".join(value for _, value in piece.context.marks)
        if self._of_other_model(text):
            return True
        # What stands beside the state of a call is the address of the page.
        beside_too = text if piece.data.get("transport") else f"{text} {marks}"
        urls, told_of_upgrade = _URL.findall(beside_too), _UPGRADE.search(piece.text or "")
        if urls and all(map(known.addresses.search, urls)) and not told_of_upgrade:
            return True
        if known.ours.search(text):
            return False
        if any(port in known.ports for port in _PORT.findall(text)) or known.theirs.search(text):
            return True
        beside = " ".join(value for name, value in piece.context.marks if name != "bracket")
        if self._names_other(text) or self._names_other(marks):
            return True
        return self._names_other(beside, speakers=True)

    def _of_other_model(self, text: str) -> bool:
        """Whether it speaks of models, and of none that a session has."""
        models = [name.lower().rstrip(".") for name in _MODEL.findall(text)]
        own = (name in self._models or _known().models.search(name) for name in models)
        return bool(models) and not any(own)

    def _names_other(self, text: str, *, speakers: bool = False) -> bool:
        return any(
            self._pack.name not in packs and (speakers or name not in _known().speakers)
            for name, packs in self._named(text)
        )

    def _named(self, text: str) -> Iterator[tuple[str, frozenset[str]]]:
        """The known names in a text, each with its packs."""
        names = _known().names
        for word in _WORDS.findall(text[:_READ]):
            for part in (word, *_SPLIT.split(word)):
                packs = names.get(part.lower())
                if packs is not None:
                    yield part.lower(), packs

    def _speaks(self, piece: Piece) -> bool:
        """Whether an error without its event is one of the provider: the log says that the server
        sent it, its line names the server, or it has words of the provider's own."""
        said = piece.text is not None
        shaped = "type" in piece.data or "param" in piece.data
        if self._in_vocabulary(piece.data, said=said):
            return True
        if piece.context.sender is Sender.SERVER and shaped:
            return True
        return piece.text is not None and _known().ours.search(piece.text) is not None

    def _in_vocabulary(self, error: dict[str, Any], *, said: bool = False) -> bool:
        """Whether an error is told in the pack's words. ``said``: it was found in a line of text
        by the words with which errors of such servers begin."""
        code, kind, message = error.get("code"), error.get("type"), error.get("message")
        told_as = Said(
            "error",
            code=code if isinstance(code, str) else None,
            type=kind if isinstance(kind, str) else None,
            message=message if isinstance(message, str) else "",
        )
        return self._pack.errors.knows(told_as, texts_of_any=said)


def _words_of(piece: Piece) -> str:
    text = piece.text or told(piece)
    return f"{text} {_shown(piece.data)}"[:_READ]


def _shown(data: dict[str, Any]) -> str:
    try:
        return orjson.dumps(data, default=str).decode()[:_READ]
    except (TypeError, ValueError):
        return str(data)[:_READ]
