"""The one way out: what leaves a session, record by record, passes here and loses its secrets.

A masker belongs to one connection and is shown its records in order, because a secret may come in
pieces: once one is recognised in a delta, the rest of it and what continues it in later deltas of
that stream are masked too. Nothing is held back for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import Any, NamedTuple, TypeVar

import orjson

from rtdebug.model.findings import Finding
from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Found,
    MaskedPayload,
    Opened,
    Record,
    Refused,
    Remark,
    Undecodable,
)
from rtdebug.model.value import Value, replace
from rtdebug.redaction import DEFAULT, Redactor
from rtdebug.secrets.literals import SHORTEST_SECRET, literal_spans
from rtdebug.secrets.stand_ins import merged, stand_in, without
from rtdebug.secrets.tainted import Tainted

_TAIL = 64  # characters of a stream that may be the beginning of a secret
_OPEN = 256  # of a secret that may go on: enough to recognise it again
_STREAMS = 512
_LEARNT = 200
_LONG = 2000
_UNREADABLE = 'secret: "?"'  # what cannot be told at a glance is looked at closely
_TOKEN = r"[A-Za-z0-9_.~+/=*-]{4,}"

Masked = TypeVar("Masked")
Milestone = TypeVar("Milestone", bound=Opened | Refused | Closed | Ended | None)


class _Piece(NamedTuple):
    """A piece of a stream: where it stands in its message."""

    keys: tuple[str | int, ...]
    text: str


class Masker:
    """Masks what leaves one connection; ``tainted`` says which findings rest on what it masked."""

    def __init__(self, redactor: Redactor = DEFAULT) -> None:
        self.redactor = redactor
        self.tainted = Tainted()
        self._harmless: Callable[[str], bool] = redactor.harmless
        self._tails: dict[object, str] = {}
        self._learnt: dict[str, None] = {}
        self._torn: set[object] | None = None
        self._told: set[tuple[str, bool]] = set()  # keys of findings that were kept

    # -- records -----------------------------------------------------------------------------

    def record(self, record: Record) -> Record:
        """``record`` without secrets; the same object when there are none."""
        if type(record) is Event:
            # Nearly all records are small deltas of a stream without a secret; in a capture this
            # is done for each before its bytes go on.
            _, _, _, _, payload, size, text, _ = record
            delta, item = payload.get("delta"), payload.get("item_id")
            if delta.__class__ is text.__class__ is item.__class__ is str and size < _LONG:
                tail = self._tails.get(item)
                if tail is not None and self._torn is None:
                    joined = tail + delta
                    if self._harmless(joined + text):
                        self._tails[item] = joined[-_TAIL:]
                        return record
        return self.event(record) if isinstance(record, Event) else self._other(record)

    def known(self, record: Milestone) -> Milestone:
        """A record that there may not have been."""
        return None if record is None else self._other(record)  # type: ignore[return-value]

    def event(self, event: Event) -> Event:
        """An event without secrets; the same object when there are none."""
        payload = event.payload
        self._harmless = self.redactor.quickest
        if event.size > _LONG and self._only_audio(event):
            return event
        if isinstance(payload.get("delta"), str):
            pieces = [_Piece(("delta",), payload["delta"])]
        else:
            pieces = list(_said(payload.get("serverContent")))
        if self._torn is None and self._harmless(self._with_tails(event, pieces)):
            for piece in pieces:
                self._go_on(_stream_of(event, piece), piece.text)
            return event
        return self._masked(event, pieces)

    def _with_tails(self, event: Event, pieces: Sequence[_Piece]) -> str:
        """The message, and each piece behind what came before it."""
        joined = [self._tails.get(_stream_of(event, one), "") + one.text for one in pieces]
        return "\n".join((*joined, _text_of(event)))

    def _go_on(self, key: object, piece: str) -> None:
        self._keep(key, (self._tails.get(key, "") + piece)[-_TAIL:])

    def torn(self) -> None:
        """Records are missing here: what a stream goes on with may be the rest of a secret."""
        self._torn = set()
        self._tails.clear()

    def _only_audio(self, event: Event) -> bool:
        """Whether a long message is audio in base64, and otherwise harmless."""
        audio = event.payload.get("delta", event.payload.get("audio"))
        if not isinstance(audio, str) or len(audio) < event.size // 2 or not _is_base64(audio):
            return False
        text = _text_of(event)
        start = text.find(audio[:32])
        return start >= 0 and self._harmless(text[:start] + text[start + len(audio) :])

    def _masked(self, event: Event, pieces: Sequence[_Piece]) -> Event:
        """The close look."""
        payload: dict[str, Any] = event.payload
        members = self.redactor.members()
        pointers: list[str] = []
        streamed: dict[str, str] = {}
        for piece in pieces:
            pointer = "".join(f"/{key}" for key in piece.keys)
            clean = self._piece(_stream_of(event, piece), piece.text)
            if clean is not piece.text:
                streamed[pointer] = clean
                payload = _with(payload, piece.keys, clean)
        rest = members.masked(payload)
        self.learn(members.secrets)
        pointers = [*streamed, *(one for one in members.pointers if one not in streamed)]
        if not pointers:
            return event
        masked = Event(
            event.seq, event.at, event.sender, event.type,
            MaskedPayload(rest, tuple(pointers)), event.size, None, event.whole,
        )  # fmt: skip
        self.tainted.add(masked)
        return masked

    def _piece(self, key: object, text: str) -> str:
        """The next piece of a stream."""
        tail = self._tails.get(key, "")
        joined = tail + text
        spans = self.redactor.spans(joined)
        cut = len(tail)
        going_on = bool(spans) and spans[-1].end == len(joined)
        self._keep(key, joined[spans[-1].lead :][:_OPEN] if going_on else joined[-_TAIL:])
        inside = [
            span._replace(start=max(span.start, cut) - cut, end=span.end - cut)
            for span in spans
            if span.end > cut
        ]
        self.learn(text[start:end] for _, start, end in inside)
        clean = without(text, inside, same_length=True) if inside else text
        return self._after_a_gap(key, clean)

    def _after_a_gap(self, key: object, text: str) -> str:
        if self._torn is None or key in self._torn:
            return text
        self._torn.add(key)
        from rtdebug.secrets.shapes import plain_words

        first = re.match(_TOKEN, text)
        if first is None or plain_words(first.group()):
            return text
        return stand_in(first.end()) + text[first.end() :]

    def _keep(self, key: object, tail: str) -> None:
        tails = self._tails
        if key not in tails and len(tails) >= _STREAMS:
            del tails[next(iter(tails))]
        tails[key] = tail

    def _other(self, record: Record) -> Record:
        text = self.text
        match record:
            case Opened():
                return replace(
                    record, url=_maybe(text, record.url),
                    subprotocol=_maybe(text, record.subprotocol),
                    headers=self.redactor.headers(record.headers),
                )  # fmt: skip
            case Refused():
                return replace(
                    record, text=text(record.text), url=_maybe(text, record.url),
                    headers=self.redactor.headers(record.headers), body=text(record.body),
                    asked=self.redactor.headers(record.asked),
                )  # fmt: skip
            case Undecodable():
                data = self.redactor.data(record.data)
                reason = text(record.reason)
                same = data is record.data and reason is record.reason
                return record if same else replace(record, data=data, reason=reason)
            case Closed() | Ended():
                reason = text(record.reason)
                return record if reason is record.reason else replace(record, reason=reason)
            case Remark():
                said = text(record.text)
                return record if said is record.text else replace(record, text=said)
            case Found():
                return replace(record, finding=self.finding(record.finding))
            case _:
                return cleaned(record, text)

    def look_into(self, event: Event | None) -> None:
        """Learn what is secret in an event that somebody is about to quote."""
        if event is not None and not self._harmless(_text_of(event)):
            members = self.redactor.members()
            members.masked(event.payload)
            self.learn(members.secrets)

    # -- what is said of them ----------------------------------------------------------------

    def text(self, text: str) -> str:
        """A sentence about what was seen."""
        clean = self.redactor.text(text)
        spans = merged(span for one in self._learnt for span in literal_spans(clean, one))
        return without(clean, spans) if spans else clean

    def finding(self, finding: Finding) -> Finding:
        """A finding as it may be told."""
        return cleaned(finding, self.text)

    def findings(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Findings as they may be told."""
        return tuple(map(self.finding, findings))

    def kept(self, findings: Iterable[Finding]) -> list[Found]:
        """Those of a session's findings that a capture must keep, since a replay can no longer
        make them, and those of them that were withdrawn; each is kept once."""
        found: list[Found] = []
        for one in findings if self.tainted else ():
            told = (one.key, one.withdrawn)
            if told in self._told or (one.withdrawn and (one.key, False) not in self._told):
                continue
            if one.withdrawn or self.tainted.touches(one):
                self._told.add(told)
                found.append(Found(one.at, self.finding(one), one.withdrawn))
        return found

    def learn(self, secrets: Iterable[str]) -> None:
        """Values that are secret wherever somebody quotes them."""
        for secret in secrets:
            if len(secret) >= SHORTEST_SECRET:
                self._learnt[secret] = None
                if len(self._learnt) > _LEARNT:
                    del self._learnt[next(iter(self._learnt))]


_PLAIN = frozenset({int, float, bool, type(None)})


def cleaned(value: Masked, text: Any, but: frozenset[str] = frozenset()) -> Masked:
    """``value`` with ``text`` applied to every string in it, whatever it is made of; fields named
    in ``but`` have been cleaned already."""
    new: Any = value
    if isinstance(value, str):
        new = value if isinstance(value, Enum) else text(value)
    elif isinstance(value, Value):
        changed = {}
        for name in value._fields:
            one = getattr(value, name)
            if one.__class__ in _PLAIN or name in but:
                continue
            clean = cleaned(one, text)
            if clean is not one:
                changed[name] = clean
        new = replace(value, **changed) if changed else value
    elif isinstance(value, tuple):
        parts = [cleaned(one, text) for one in value]
        same = all(one is two for one, two in zip(parts, value, strict=True))
        new = value if same else value.__class__._make(parts) if hasattr(value, "_make") else tuple(
            parts)  # fmt: skip
    elif isinstance(value, list):
        new = [cleaned(one, text) for one in value]
    elif isinstance(value, dict):
        new = {key: cleaned(one, text) for key, one in value.items()}
    return new  # type: ignore[no-any-return]


def _stream_of(event: Event, piece: _Piece) -> object:
    """What the stream is known by that a piece belongs to."""
    payload = event.payload
    item = payload.get("item_id") or payload.get("response_id") or event.type
    return str(item) if piece.keys == ("delta",) else (item, *piece.keys)


def _is_base64(text: str) -> bool:
    """Whether a long text is nothing but base64: then no name and no shape of a secret is in it,
    as each of them has one of these signs. To look for them costs a hundredth of a closer look."""
    return not (
        "-" in text or "_" in text or "." in text or " " in text or ":" in text or "%" in text
        or text.find("=", 0, -2) >= 0
    )  # fmt: skip


def _text_of(event: Event) -> str:
    """The message as it came, or as good as that."""
    text = event.text
    if isinstance(text, str):
        return text
    return _dumps(event.payload) if text is None else text.decode("utf-8", "replace")


def _dumps(payload: dict[str, Any]) -> str:
    try:
        return orjson.dumps(payload).decode()
    except TypeError:  # a lone surrogate, a huge number, or nested too deeply
        try:
            return json.dumps(payload, default=str)
        except RecursionError:
            return _UNREADABLE


def _maybe(text: Any, value: str | None) -> str | None:
    return None if value is None else text(value)


def _said(content: Any) -> Iterator[_Piece]:
    """The texts of a Live API server's message that go on in the next one."""
    if not isinstance(content, dict):
        return
    for name in ("outputTranscription", "inputTranscription"):
        said = content.get(name)
        if isinstance(said, dict) and isinstance(said.get("text"), str):
            yield _Piece(("serverContent", name, "text"), said["text"])
    turn = content.get("modelTurn")
    parts = turn.get("parts") if isinstance(turn, dict) else None
    for position, part in enumerate(parts if isinstance(parts, list) else ()):
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            yield _Piece(("serverContent", "modelTurn", "parts", position, "text"), part["text"])


def _with(value: Any, keys: tuple[str | int, ...], new: str) -> Any:
    """``value`` with ``new`` at the end of ``keys``; nothing on the way is altered in place."""
    if not keys:
        return new
    copy: Any = list(value) if isinstance(value, list) else dict(value)
    copy[keys[0]] = _with(value[keys[0]], keys[1:], new)
    return copy
