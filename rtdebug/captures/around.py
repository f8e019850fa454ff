"""What a record of a log says around its message: who sent it, when, in which connection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rtdebug.captures.fields import labels_in, plain, stamp_among
from rtdebug.captures.labels import FLAGS, is_side, sender_named
from rtdebug.captures.marks import marks_of
from rtdebug.captures.pieces import Context
from rtdebug.captures.reading import SenderOf
from rtdebug.model.records import Sender
from rtdebug.model.value import EMPTY

# "input_audio_transcription" tells what a message is about and not which way it went.
_OF_SPEECH = re.compile(r"(?i)audio|transcri|speech")
_NAMES = frozenset({"type", "event", "name", "role"})
_WORDS = frozenset({"msg", "message"})
_MOST_BLANKS = 2  # "ws send" labels what stands beside it; a sentence is a line of its own


def context_of(
    value: dict[str, Any], outer: Context, sender_of: SenderOf, units: Mapping[str, str] = EMPTY
) -> Context:
    """The context of what a record holds, with what the records around it said."""
    sender, outright = label_of(value, sender_of)
    if sender is None:
        sender, outright = outer.sender, outer.outright
    stamp = stamp_among(value, units) or outer.stamp
    return Context(sender, outright, stamp, outer.line, marks_of(value, outer.marks))


def label_of(value: dict[str, Any], sender_of: SenderOf) -> tuple[Sender | None, bool]:
    """Who sent the message of a record by its own fields, and whether they name the side."""
    for name in labels_in(value):
        label = value[name]
        if not isinstance(label, str):
            continue
        if name in _NAMES and (sender_of(label) or _OF_SPEECH.search(label)):
            continue
        if plain(name) in _WORDS and label.count(" ") > _MOST_BLANKS:
            continue
        sender = sender_named(label)
        if sender is not None:
            return sender, is_side(label)
    for name, flag in value.items():
        if isinstance(flag, bool) and name.lower() in FLAGS:
            return FLAGS[name.lower()][0 if flag else 1], False
    return None, False
