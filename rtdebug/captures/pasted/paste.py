"""The reading of a pasted text, and of a single line of one."""

from __future__ import annotations

import html
import re

from rtdebug.captures.eager import readings_of
from rtdebug.captures.pasted import words
from rtdebug.captures.pasted.hexdumps import without_dumps
from rtdebug.captures.pasted.reader import Found, PasteReader
from rtdebug.captures.pasted.settling import settled
from rtdebug.captures.pieces import Context, Piece, What
from rtdebug.captures.reading import Reading, SenderOf
from rtdebug.captures.wrapped import TextReader

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_STARRED = re.compile(r"(?<=[\"'])\*\*(\w[\w.]*)\*\*(?=[\"'])")
_ENTITY = re.compile(r"\{\s*&(?:quot|#34|#x22);")


def cleaned(text: str) -> str:
    """A text without terminal colours, carriage returns, words that its author made bold inside
    of quotes, HTML's way of writing quotes, and dumps of bytes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if "**" in text:
        text = _STARRED.sub(r"\1", text)
    if _ENTITY.search(text):
        text = html.unescape(text)
    return without_dumps(text)


def read_paste(text: str, sender_of: SenderOf, kind: str = "pasted text") -> list[Reading]:
    """The readings of a text that holds a log, or a report with parts of one."""
    text = cleaned(text)
    paste = PasteReader(text, sender_of).read()
    found = settled(paste, text, sender_of)
    to_end = not paste.cut and _shows_its_end(found, text)
    readings = readings_of(
        kind,
        [one.piece for one in found],
        sender_of,
        by_type=True,
        to_end=to_end,
        hidden=frozenset(paste.hidden),
    )
    readings[0].notes[:0] = _notes(found)
    return readings


def line_reader(sender_of: SenderOf) -> TextReader:
    """Reads the text that a structured log holds as a message."""

    def read(text: str, context: Context) -> list[Piece]:
        paste = PasteReader(cleaned(text), sender_of, context.line).read()
        placed = []
        for one in paste.found:
            own = one.piece.context
            both = Context(
                own.sender or context.sender, own.outright or context.outright,
                own.stamp or context.stamp, context.line, (*context.marks, *own.marks),
            )  # fmt: skip
            placed.append(_with_context(one.piece, both))
        return placed

    return read


def _with_context(piece: Piece, context: Context) -> Piece:
    return Piece(
        piece.what, context, piece.type, piece.data, piece.text, piece.raw, piece.whole, piece.count
    )


def _shows_its_end(found: list[Found], text: str) -> bool:
    """Whether the author's words prove that nothing came after the last event; such words on the
    event's own line are added as a remark."""
    events = [one for one in found if one.piece.what in (What.EVENT, What.BARE_ERROR)]
    if not events:
        return False
    last = max(events, key=lambda one: one.end)
    if last.named:  # it takes its whole line, in which more may be said
        type_ = last.piece.type
        rest = text[last.start : last.end].rpartition(type_)[2]
        if words.ends_in_nothing(rest):
            said = Piece(What.REMARK, last.piece.context, text=rest.strip()[:200])
            found.append(Found(last.end, last.end, said))
            return True
    return tells_the_end(text[last.end :]) or words.complains_of_silence(text)


def tells_the_end(behind: str) -> bool:
    """Whether text behind the last event is its author's, who then saw what came after it."""
    return words.says_silence(behind) or any(words.is_remark(line) for line in behind.split("\n"))


def _notes(found: list[Found]) -> list[str]:
    """What a reader of the report cannot see: of how many events the log shows not all."""
    counts = {"shown by their type alone": 0, "elided or cut": 0}
    events = errors = 0
    for one in found:
        if one.piece.what is What.EVENT:
            events += one.piece.count
            if one.named:
                counts["shown by their type alone"] += one.piece.count
            elif not one.piece.whole:
                counts["elided or cut"] += one.piece.count
        errors += one.piece.what is What.BARE_ERROR
    told = [f"of {events} events {number} {what}" for what, number in counts.items() if number]
    if errors:
        told.append(
            "1 error without its event" if errors == 1 else f"{errors} errors without their events"
        )
    return [", ".join(told)] if told else []
