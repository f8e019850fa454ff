"""Lines a person types, or pipes in, as the messages they mean.

A JSON object is sent as it stands. The bare name of a client event stands for that event without
fields, and ``> Hello there`` for a user's text and the request for an answer. Lines that begin with
``#`` are comments.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from rtdebug.model.commands import Send
from rtdebug.packs.violations import SchemaViolation
from rtdebug.safe import one_line
from rtdebug.scenario.vocabulary import Vocabulary
from rtdebug.spelling import closest

_SHOWN = 3  # violations that are told


class Typed(NamedTuple):
    """What a line means; ``told`` is what its author should know, "" for nothing."""

    commands: tuple[Send, ...] = ()
    told: str = ""


def typed(line: str, vocabulary: Vocabulary) -> Typed:
    """The messages of one line. Nothing is sent for a line that nobody could have meant."""
    text = line.strip()
    if not text or text.startswith("#"):
        return Typed()
    if text.startswith(">"):
        return _said(text[1:].strip(), vocabulary)
    if text.startswith("{"):
        return _written(text, vocabulary)
    return _named(text, vocabulary)


def _written(text: str, vocabulary: Vocabulary) -> Typed:
    try:
        event = json.loads(text)
    except json.JSONDecodeError as error:
        return Typed(
            told=f"not sent: no JSON at column {error.colno}: {error.msg}; "
            "write one event a line, `jq -c .` makes it so"
        )
    except (ValueError, RecursionError):
        return Typed(told="not sent: this JSON is beyond what can be read")
    return Typed((Send(text),), _warned(event, vocabulary))


def _named(text: str, vocabulary: Vocabulary) -> Typed:
    if text in vocabulary.client_types:
        event = _event(text, vocabulary)
        return Typed((_send(event),), _warned(event, vocabulary))
    known = vocabulary.retired.get(text) or closest(text, vocabulary.client_types)
    hint = f"did you mean {known}?" if known else "write a client event's type, JSON, or > TEXT"
    return Typed(told=f"not sent: {one_line(text, 60)!r} is no client event; {hint}")


def _said(text: str, vocabulary: Vocabulary) -> Typed:
    item, answer = vocabulary.roles.get("item.create"), vocabulary.roles.get("response.create")
    if item is None or answer is None:
        return Typed(told=f"not sent: {vocabulary.pack} has no short form for a text; write JSON")
    if not text:
        return Typed(told="not sent: write the text behind the >")
    content = [{"type": "input_text", "text": text}]
    message = {"type": "message", "role": "user", "content": content}
    return Typed((_send({"type": item, "item": message}), _send({"type": answer})))


def _event(type_: str, vocabulary: Vocabulary) -> dict[str, Any]:
    event = {"type": type_}
    return event if vocabulary.name_of(event) == type_ else {type_: {}}


def _send(event: dict[str, Any]) -> Send:
    return Send(json.dumps(event, ensure_ascii=False))


def _warned(event: dict[str, Any], vocabulary: Vocabulary) -> str:
    wrong = vocabulary.check_event(event)
    if not wrong:
        return ""
    more = f" (and {len(wrong) - _SHOWN} more)" if len(wrong) > _SHOWN else ""
    return "sent, but wrong: " + "; ".join(map(_worded, wrong[:_SHOWN])) + more


def _worded(wrong: SchemaViolation) -> str:
    return one_line(wrong.message, 160)
