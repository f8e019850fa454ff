"""Finds events that a log shows by their type alone: console lists, arrows, tables, counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rtdebug.captures.labels import way
from rtdebug.captures.reading import SenderOf
from rtdebug.captures.stamps import STAMP
from rtdebug.model.records import Sender

_TOKEN = re.compile(r"(?<![\w./@-])[A-Za-z][A-Za-z0-9_]*(?:\.[a-z0-9_]+)*(?![\w@/-]|\.\w)")
_FAMILIES = frozenset(
    {"session", "response", "conversation", "input_audio_buffer", "output_audio_buffer",
     "transcription_session", "rate_limits", "mcp_list_tools", "transcription"}
)  # fmt: skip
_COUNT = re.compile(
    r"\((\d{1,5})(?: ?(?:times|x|events|messages))?\)|[x×*✕] ?(\d{1,5})\b|\b(\d{1,5}) ?[x×✕](?= |$)"
    r"|\[[x×]?(\d{1,5})\](?=\s*$)|\((?:x|×|repeated) ?(\d{1,5})(?: times)?\)"
    r"|\brepeated (\d{1,5}) times|\b(\d{1,5}) times\b",
    re.I,
)
_GLUED = re.compile(r"(?<![\w.])([a-z_]+(?:\.[a-z_]+)+)[x×](\d{1,5})(?![\w.])")
_COUNT_BEFORE = re.compile(r"\b(\d{1,5}) ?[x×✕] ?[\"'`(\[]*$")
_TOLD = re.compile(r"[\"'`*]*\s*(?::|=>?|→|\|)\s*\S")
_ANNOUNCED = re.compile(r"(?i)(?:^|\s)event(?: type| name)?\s*[:=]\s*[\"'`*]*$")
_COMMENT = re.compile(r"(?<=\w)\s+(?:<-{1,3}|←|#|//)\s+[A-Za-z]\w*(?:[ \t]+[^\s.]+){2,}\s*$")
_FROM_TO = re.compile(r"(?i)\b(s|c|server|client) ?(?:[-=]{0,2}>|→) ?(?:s|c|server|client)\b")
_COLUMN = re.compile(r"\s{2,}\S|\s+\(")
_GLOSS = re.compile(r"[\"'`*]*\s+[-–—]\s+\S")
_NOISE = re.compile(r"[^\w]+|_+(?=\W|$)|(?<!\w)_+")
_ARROW = re.compile(
    r"[-=]{1,3}>{1,3}|<{1,3}[-=]{1,3}|>{2,3}|<{2,3}|(?<![\w-])[<>](?= )"
    r"|[←→⇒⇐⟶⟵➡⬅📤📥⬆⬇↑↓▲▼]"
)
_IDS = re.compile(
    r"\b(?:event|item|resp|sess|conv|msg|call|evt)_\w+|\b[0-9a-f]{8,}(?:-[0-9a-f]+)*\b"
)
_SIZES = re.compile(
    r"(?i)\b\d+(?:\.\d+)?\s?(?:bytes?|b|kb|kib|chars|ms|s|us|µs|#)\b|(?<![\w.])#?\d+(?:\.\d+)?(?![\w.])"
)
_FIELDS = re.compile(r"\b\w+=[^\s,;]+")
# What may stand beside a type on a line that still is a row of a list.
_ALLOWED = frozenset(
    " ".join(
        (
            "received receive recv got get sent send sending event events type types event_type",
            "eventtype message messages msg from to server client openai azure realtime api ws",
            "websocket socket incoming outgoing inbound outbound data new in out on of the a an",
            "handling handle handled processing processed unhandled unknown rt info debug log",
            "logger warn warning trace error response request name kind dir direction raw json",
            "frame text user app browser model id seq no row step time at then next rx tx s c am",
            "pm utc payload body side source print emit emitted dispatch dispatching dispatched",
            "fired trigger triggered oai gpt voice agent assistant system console stdout stderr",
            "main worker thread i d w e v and finally first last more lines again another also",
            "only just ts level lvl ms src len size in_progress completed failed cancelled",
            "incomplete ok success status null none count index key value object omitted elided",
            "truncated snipped redacted skipped evt",
        )
    ).split()
)
_JOINT = r"\s,;>→⇒➡|/+&•·()\[\].…`'\"“”‘’*_-"
_LIST_JOINT = re.compile(
    rf"(?:[{_JOINT}]|\bthen\b|\band\b|\bnext\b|\bfollowed by\b|\bx ?\d+\b|×\d+|[-=]>)*$"
)
# Right before a type: who sent it, or a sign that leads to it. With a time at its head or a word of
# who sent it such a line is a logger's, whatever the logger, the machine or the call is called that
# stands between, unless a sentence does.
_MARKED = re.compile(
    r"(?:[-=]*>{1,3}|<{1,3}[-=]*|[←→⇒⇐]|(?<!\w)(?i:recv|received?|rx|sent|send|tx):?"
    r"|[:=|]|\s[-–—])\s{0,4}[\"'`<\[(]{0,2}$"
)
_WAY = re.compile(
    r"(?i)\b(?:recv|receiv(?:e|ed|ing)|sent|send(?:ing)?|incoming|outgoing)\b|\b(?:evt|event)=$"
)
_CODE = re.compile(r"[{};]|\w\(")
_SENTENCE = frozenset(
    {"to", "will", "not", "never", "cannot", "failed", "before", "after", "when", "if", "would",
     "should", "i", "we", "you", "it", "about", "going", "did", "no", "then", "must", "please",
     "why", "how", "does", "do", "because", "waiting", "waits", "wait", "waited", "expect",
     "expected", "expecting", "handler", "handlers", "subscribe", "subscribed", "register",
     "registered", "listening", "missing", "timeout", "timed", "supported", "unsupported",
     "until", "without", "example", "see", "docs", "unknown", "unexpected", "invalid",
     "unrecognized", "panicked", "parameter", "value"}
)  # fmt: skip
_MOST = 100_000
_WIDTH = 400


@dataclass(frozen=True, slots=True)
class Name:
    """A type that stands for ``count`` events; ``sender`` where the line labels it."""

    type: str
    count: int = 1
    sender: Sender | None = None


def is_type(word: str, sender_of: SenderOf) -> bool:
    """Whether a word is the type of an event: known, or new in a known family."""
    if sender_of(word) is not None:
        return True
    head, dot, rest = word.partition(".")
    return bool(dot and rest) and head in _FAMILIES


def types_in(line: str, sender_of: SenderOf) -> tuple[re.Match[str], ...]:
    """The types a line mentions, with a dot in them (a lone word may be any word)."""
    return _types_in(line[:_WIDTH], sender_of)


@lru_cache(maxsize=8)  # one line is asked about from several places
def _types_in(line: str, sender_of: SenderOf) -> tuple[re.Match[str], ...]:
    return tuple(
        match
        for match in _TOKEN.finditer(line)
        if "." in match.group()
        and is_type(match.group(), sender_of)
        and not (line.startswith("=", match.end()) and sender_of(match.group()) is None)
    )


def names_in(line: str, sender_of: SenderOf, *, in_list: bool = False) -> list[Name]:
    """The events a line lists; empty where it is prose that mentions a type.

    ``in_list``: the line before it was such a row, so that text behind a colon is the event's.
    """
    line = _GLUED.sub(r"\1 x\2", line[:_WIDTH])
    line = _COMMENT.sub("", line)
    found = types_in(line, sender_of)
    if not found:
        found = _lone(line, sender_of)
        if not found:
            return []
    if len(found) > 1:
        return _row_of_many(line, found)
    match = found[0]
    before, after = line[: match.start()], line[match.end() :]
    count = _count(after) or _count_before(before)
    before = _COUNT_BEFORE.sub(" ", before)
    rest = f"{STAMP.sub(' ', before)} {STAMP.sub(' ', _COUNT.sub(' ', after, count=1))}"
    label = _label(before, after)
    told = in_list or label is not None or match.group().endswith("delta")
    glossed = _ANNOUNCED.search(before) and _GLOSS.match(after)
    if glossed is None and label is not None:
        glossed = _COLUMN.match(after)
    if _is_logged(before) and (_is_row(after) or _COLUMN.match(after)):
        return [Name(match.group(), count or 1, label)]
    if not _is_row(rest) and not ((glossed or (told and _TOLD.match(after))) and _is_row(before)):
        return []
    return [Name(match.group(), count or 1, label)]


_MANY = re.compile(
    r"(?i)\b(?:bunch|lots?|many|several|multiple|series|stream|couple|sequence|plenty|few|dozens"
    r"|hundreds|numerous|various|more)\b[^\n]{0,40}$"
)


def unlisted(line: str, sender_of: SenderOf) -> frozenset[str]:
    """The types of which a line says that many came, without showing them."""
    return frozenset(
        match.group()
        for match in types_in(line, sender_of)
        if _MANY.search(line[max(0, match.start() - 60) : match.start()])
    )


def _is_logged(before: str) -> bool:
    """Whether what stands before a type is a time or who sent it, then names, then a sign that
    leads to the type."""
    head = before.lstrip(" [(")
    stamp = STAMP.match(head)
    if not _MARKED.search(before[-40:]) or not (stamp or _WAY.search(head)) or _CODE.search(head):
        return False
    words = [word.lower() for word in _NOISE.split(head[stamp.end() if stamp else 0 :]) if word]
    return len(words) <= 10 and _SENTENCE.isdisjoint(words)


def _lone(line: str, sender_of: SenderOf) -> tuple[re.Match[str], ...]:
    """A known type without a dot ("error", "setupComplete") that is alone but for its label."""
    bare = _SIZES.sub(_blanked, STAMP.sub(_blanked, line))
    tokens = list(_TOKEN.finditer(bare))
    words = [match for match in tokens if match.group().lower() not in _ALLOWED]
    lone = [match for match in tokens if sender_of(match.group()) is not None]
    if len(lone) != 1 or any(word.group() != lone[0].group() for word in words):
        return ()
    return tuple(lone)


def _blanked(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _row_of_many(line: str, found: tuple[re.Match[str], ...]) -> list[Name]:
    """``a.b → c.d x3, e.f``: types in a row with nothing but joints between them."""
    names = []
    for match, following in zip(found, [*found[1:], None], strict=True):
        between = line[match.end() : following.start() if following else len(line)]
        count = _count(between)
        joint = _COUNT.sub(" ", between, count=1) if count else between
        if following is not None and not _LIST_JOINT.match(joint):
            return []
        names.append(Name(match.group(), count or 1))
    return names if _is_row(STAMP.sub(" ", line[: found[0].start()])) else []


def _count(text: str) -> int:
    match = _COUNT.search(text[:60])
    if match is None:
        return 0
    number = int(next(group for group in match.groups() if group))
    return number if 0 < number <= _MOST else 0


def _count_before(text: str) -> int:
    match = _COUNT_BEFORE.search(text)
    return int(match[1]) if match else 0


def _is_row(rest: str) -> bool:
    for pattern in (_IDS, _FIELDS, _SIZES):
        rest = pattern.sub(" ", rest)
    words = [word for word in _NOISE.split(rest) if word]
    return len(words) <= 8 and all(word.isdigit() or word.lower() in _ALLOWED for word in words)


def _label(before: str, after: str) -> Sender | None:
    pair = _FROM_TO.search(before)
    if pair:
        return way(pair[1])
    arrow = _ARROW.search(before)
    if arrow:
        return way(arrow.group())
    words = [word for word in _NOISE.split(STAMP.sub(" ", before)) if word]
    for word in reversed(words):
        if word.lower() not in ("event", "message", "data", "response", "request", "model", "api"):
            sender = way(word)
            if sender:
                return sender
    for word in [word for word in _NOISE.split(STAMP.sub(" ", after)) if word][:3]:
        sender = way(word) if word.lower() in ("client", "server", "sent", "received") else None
        if sender:
            return sender
    return None
