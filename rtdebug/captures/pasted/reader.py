"""Reads a pasted text, line by line: values, lists of types, closes, refusals, errors, remarks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import islice

from rtdebug.captures.marks import marks_at_head
from rtdebug.captures.pasted import words
from rtdebug.captures.pasted.closes import close_in
from rtdebug.captures.pasted.connects import connect_in, header_in
from rtdebug.captures.pasted.errors import error_in, is_error_label
from rtdebug.captures.pasted.handshakes import refusal_in
from rtdebug.captures.pasted.hanging import hanging
from rtdebug.captures.pasted.layout import LogLine, lines_of
from rtdebug.captures.pasted.names_only import names_in, types_in, unlisted
from rtdebug.captures.pasted.sdk_words import event_said
from rtdebug.captures.pasted.values import ValueReader
from rtdebug.captures.pasted.webrtc import call_ended_in, call_refused_in
from rtdebug.captures.pasted.yamlish import RowReader, event_rows, type_row
from rtdebug.captures.pieces import MOST_TEXT, Context, Piece, What
from rtdebug.captures.reading import SenderOf
from rtdebug.captures.stamps import Stamp
from rtdebug.model.records import Sender

_COMPLAINT = re.compile(
    r"(?i)\b(?:un(?:known|handled|caught|recogni[sz]ed|supported)|no handler|exception"
    r"|panic(?:ked)?|validation errors?|failed to (?:parse|decode|deseriali[sz]e)"
    r"|cannot (?:parse|decode))\b"
)
_FENCE = re.compile(r"\s*(?:```|~~~)[\w+-]*\s*$")
_NO_SESSION = (1000, 1002, 1005, 1006)
"""Codes that libraries give to the end of a connection whose upgrade was refused."""
_LEADS_TO_REASON = re.compile(r"(?i)\b(?:message|reason|error|text|saying|says)\W{0,4}:\W*$")
# A program that prints "code 1000, reason: " leaves it empty; what follows is its next line.
_EMPTY_REASON = re.compile(r"(?i)\d{4}\W{1,4}reason\W{0,3}$")
_WORD = re.compile(r"\w")


@dataclass(slots=True)
class Found:
    """A piece and where it stands. ``named``: shown by its type alone; ``spoken``: told in a
    sentence of the author's; ``said``: an error shown as a line of text."""

    start: int
    end: int
    piece: Piece
    named: bool = False
    spoken: bool = False
    said: bool = False


@dataclass(slots=True)
class Paste:
    """What a text holds, in order, and what its words say of the log in it."""

    found: list[Found] = field(default_factory=list)
    lone_stamps: list[tuple[int, Stamp]] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    cut: bool = False


class PasteReader:
    """Takes one text apart."""

    def __init__(self, text: str, sender_of: SenderOf, first_line: int = 1) -> None:
        self._sender_of = sender_of
        self._lines = lines_of(text, ValueReader(sender_of), first_line)
        self._length = len(text)
        self._paste = Paste()
        self._label: Sender | None = None
        self._under_error = False
        self._expected = False
        self._begun = False
        self._announced: Found | None = None
        self._hung = 0

    def read(self) -> Paste:
        """Everything that was found."""
        rows = self._dumped_rows()
        for index, line in enumerate(self._lines):
            if index in rows:
                continue
            if line.values:
                self._valued(line)
            elif line.free.strip() and not _FENCE.match(line.free):
                self._worded(line, index)
        self._paste.found.sort(key=lambda found: found.start)
        return self._paste

    def _add(
        self, line: LogLine, piece: Piece, *, named: bool = False, spoken: bool = False,
        said: bool = False, span: tuple[int, int] | None = None,
    ) -> None:  # fmt: skip
        start, end = span or (line.start, line.start + len(line.text))
        self._begun = self._begun or piece.what is What.EVENT
        self._paste.found.append(Found(start, end, piece, named, spoken, said))

    def _context(self, line: LogLine, label: Sender | None = None) -> Context:
        head = line.lead if line.values else line.text
        stamp, marks = words.stamp_at_head(line.text), marks_at_head(head)
        return Context(label or self._label, False, stamp, line.number, marks)

    # -- dumps of rows -----------------------------------------------------------------------

    def _dumped_rows(self) -> set[int]:
        """Reads events dumped as ``key: value`` rows; the lines they stand on."""
        texts = [
            line.text if not line.values or _are_errors(line) else "{}" for line in self._lines
        ]
        taken: set[int] = set()
        last = 0
        for index, text in enumerate(texts):
            kind = type_row(text) if index >= last else None
            if kind is None or self._sender_of(kind) is None:
                continue
            behind = last
            first, last = event_rows(texts, index)
            first = max(first, behind)
            reader = RowReader(texts[first:last])
            payload = reader.read()
            if payload.get("type") != kind or (len(payload) < 2 and kind == "error"):
                continue
            taken.update(range(first, last))
            line, end = self._lines[first], self._lines[last - 1]
            piece = Piece(What.EVENT, Context(line=line.number), kind, payload, whole=reader.whole)
            self._add(line, piece, span=(line.start, end.start + len(end.text)))
        return taken

    # -- lines with values -------------------------------------------------------------------

    def _valued(self, line: LogLine) -> None:
        label = words.label_of(line.lead)
        context = self._context(line, label)
        if line.free.strip() and _are_errors(line):
            refusal = call_refused_in(line.text, context) or refusal_in(line.text, context)
            if refusal is not None:
                self._add(line, refusal)
                return
        for value in line.values:
            for piece in value.pieces:
                self._add(line, _placed(piece, context), span=(value.start, value.end))
            if not value.whole and value.end >= self._length - 1:
                self._paste.cut = True
        self._under_error = self._expected = False
        self._complaint(line, line.free.strip())
        behind = line.text[max(0, line.values[-1].end - line.start) :]
        close = close_in(behind, context) if behind.strip() else None
        if close is not None:
            self._add(line, close, spoken=words.is_prose(behind))

    # -- lines of words ----------------------------------------------------------------------

    def _worded(self, line: LogLine, index: int) -> None:
        text = line.free.strip()
        if self._said_below(text):
            return
        under_error, self._under_error = self._under_error, False
        self._paste.hidden.update(words.left_out(text))
        if words.is_only_stamp(text):
            self._lone(line, text)
            return
        if is_error_label(text) and not self._in_list(index):
            self._under_error = True
            return
        types = types_in(text, self._sender_of)
        if types and (many := unlisted(text, self._sender_of)):
            self._paste.hidden.update(many)
            self._add(line, Piece(What.REMARK, self._context(line), text=text[:MOST_TEXT]))
            return
        if not types and self._headed(line, text):
            return
        if self._known(line, index, text, under_error):
            self._complaint(line, text)
            return
        if not types:
            self._expected = words.lists_what_should_come(text)
        header = header_in(text) if not self._begun else None
        if header:
            self._paste.headers.append(header)
        if _WORD.search(text):
            remark = Piece(What.REMARK, self._context(line), text=text[:MOST_TEXT])
            self._add(line, remark, spoken=words.is_prose(text))

    def _complaint(self, line: LogLine, text: str) -> None:
        """What a client says of the event on the same line: that it cannot take it."""
        if _COMPLAINT.search(text):
            self._add(line, Piece(What.REMARK, self._context(line), text=text[:MOST_TEXT]))

    def _lone(self, line: LogLine, text: str) -> None:
        stamp = words.stamp_at_head(text)
        if stamp is not None:
            self._paste.lone_stamps.append((line.start, stamp))

    def _headed(self, line: LogLine, text: str) -> bool:
        """Whether the line is a heading that says who sent what follows."""
        label = words.heading(text)
        if label is None or close_in(text, self._context(line)) is not None:
            return False
        self._label = label
        self._lone(line, text)
        return True

    def _in_list(self, index: int) -> bool:
        """Whether a line stands in a list of types, so that "error" there is an event."""
        if sum(found.named for found in self._paste.found[-8:]) < 2:
            return False
        rest = islice(self._lines, index + 1, index + 10)
        following = next((line for line in rest if line.text.strip()), None)
        if following is None:
            return True
        text = following.text.strip()
        return not following.values and (
            words.is_only_stamp(text)
            or bool(names_in(text, self._sender_of))
            or text.lower() in ("client", "server")
        )

    def _follows_a_name(self, line: LogLine) -> bool:
        last = self._paste.found[-1] if self._paste.found else None
        return last is not None and last.named and line.number - last.piece.context.line <= 1

    def _said_below(self, text: str) -> bool:
        """Whether a line is the reason that the line before it, which told of a close, led to."""
        found, self._announced = self._announced, None
        if found is None or close_in(text, found.piece.context) is not None:
            return False
        if text[:1] not in "\"'`“‘" and _EMPTY_REASON.search(found.piece.text or ""):
            return False
        data = {**found.piece.data, "reason": text.strip('"`')}
        found.piece = replace(found.piece, data=data)
        return True

    def _ended(self, line: LogLine, index: int, text: str) -> bool:
        """Whether a line, with what hangs below it, tells of an end or of a refusal."""
        if index < self._hung:
            return False
        whole, below = hanging(self._lines, index)
        context = self._context(line)
        spoken = words.is_prose(text)
        whole = whole if below else text
        close = call_ended_in(text, context) or close_in(whole, context)
        refusal = call_refused_in(whole, context) or refusal_in(whole, context)
        if close is not None and not _refused_rather(close, refusal):
            self._add(line, close, spoken=spoken)
            if not close.data["reason"] and _LEADS_TO_REASON.search(text):
                self._announced = self._paste.found[-1]
        elif refusal is not None:
            self._add(line, refusal, spoken=spoken)
        else:
            return False
        self._hung = index + 1 + below
        return True

    def _known(self, line: LogLine, index: int, text: str, under_error: bool) -> bool:
        """Whether the line is something of the protocol's, which is then added."""
        if self._ended(line, index, text):
            return True
        context = self._context(line)
        event = event_said(text)
        if event is not None:
            self._add(line, Piece(What.EVENT, context, event["type"], event, whole=False))
            return True
        names = names_in(text, self._sender_of, in_list=self._follows_a_name(line))
        if names and self._expected:
            return False
        for name in names:
            stamp = context.stamp or words.stamp_at_end(text)
            own = replace(context, sender=name.sender or self._label, stamp=stamp)
            self._add(
                line,
                Piece(
                    What.EVENT, own, name.type, {"type": name.type}, whole=False, count=name.count
                ),
                named=True,
            )
        if names:
            return True
        error = error_in(text, under_label=under_error)
        if error is not None:
            self._add(
                line, Piece(What.BARE_ERROR, context, "error", error, text, whole=False), said=True
            )
            return True
        opened = connect_in(text, context)
        if opened is not None:
            self._add(line, opened, spoken=words.is_prose(text))
            return True
        return False


def _are_errors(line: LogLine) -> bool:
    """Whether the values of a line are errors without their events, as an HTTP answer's body."""
    return all(piece.what is What.BARE_ERROR for value in line.values for piece in value.pieces)


def _refused_rather(close: Piece, refusal: Piece | None) -> bool:
    """Whether a line that tells of an end tells in truth that there was no session: a status."""
    if refusal is None or (refusal.data["status"] or 0) < 400:
        return False
    if refusal.data["transport"]:
        return True
    return close.data["code"] in _NO_SESSION


def _placed(piece: Piece, context: Context) -> Piece:
    """A piece with what the line says around it; what its own wrapper said stands."""
    own = piece.context
    return replace(
        piece,
        context=Context(
            own.sender or context.sender,
            own.outright if own.sender else context.outright,
            own.stamp or context.stamp,
            context.line,
            (*context.marks, *own.marks),
        ),
    )
