"""What the author of a paste says about it: who speaks, what was left out, that nothing came."""

from __future__ import annotations

import re
from functools import lru_cache

from rtdebug.captures.labels import side, way
from rtdebug.captures.stamps import STAMP, Stamp, stamp_in, stamp_of
from rtdebug.model.records import Sender

_HEADING_WORD = re.compile(r"[A-Za-z]+|[\u4e00-\u9fff]+|[-=]+>+|<+[-=]+|>{2,}|<{2,}|[←→⇒⇐📤📥⬆⬇]")
# "client → server", "from the client to the server", "sent to the server".
_TOWARDS = re.compile(
    r"(?i)(?P<by>[a-z]+|[\u4e00-\u9fff]+)\s*(?:->|=>|→|⇒|➡\ufe0f?|\bto\b|到|发送到)\s*(?:the )?"
    r"(?P<to>[a-z]+|[\u4e00-\u9fff]+)"
)
_ARROW_BEFORE = re.compile(r"(?:^|[\s:|])([<>])[\s\"'`]*$")
_MARKS = re.compile(r"^[\s>#*•\-–—\d.)(\[\]`\"'“”‘’_|]*")
_WEAK = frozenset({"api", "model", "user", "app", "get", "me", "in", "out", "i", "up", "down",
                   "self", "o", "s", "c", "local", "read", "write", "input", "output",
                   "openai", "azure", "backend"})  # fmt: skip
_WORD = re.compile(r"(?<![\w./=:@-])[A-Za-z][A-Za-z’']*(?![\w/=@-])")
_PLAIN = re.compile(r"[A-Za-z’',.;:!?()\"“”`*-]+")
_LOGGED = re.compile(
    r"^\s*(?:\[|\d{4}-\d\d|\d{1,2}:\d\d|at |File \"|[A-Z]{4,}[: ]|Traceback|[a-z_.]+:"
    r"|\w+Error\b|[$>#] |thread '|panic|Uncaught |Unhandled |goroutine )"
)
# "0.123," and "| 3 | 0.123 |": seconds in a column of their own.
_BARE_SECONDS = re.compile(
    r"\s*(?:\|\s*\d+\s*)?[|\[(]?\s*\+?(\d{1,6}\.\d{1,6})\s*(?:[\])|,\t]|\s(?=[-<>=←→]|[a-z]+\b))"
)
_SILENCE = re.compile(
    r"(?i)\b(?:nothing|no (?:more |further |other )?(?:response|answer|reply|events?|messages?"
    r"|output|deltas?|text|error|close|\w+ at all)|never|silen(?:t|ce)|hang(?:s|ing)?"
    r"|hung|stuck|stall(?:s|ed)?|time[sd]? ?-?out|stops? (?:here|responding|there)"
    r"|freez(?:es|ing)|frozen|that'?s (?:all|it)"
    r"|not(?:hing)? (?:happens?|comes?|arrives?|more)|does ?n[o']?t (?:respond|answer|reply|come)"
    r"|did ?n[o']?t (?:respond|get|receive|come|arrive)|waited?|waiting|forever|end of (?:the )?log"
    r"|still open|stays open|last (?:event|message|thing|line))\b"
)
_THEN_NOTHING = re.compile(r"(?i)\b(?:then|but) (?:nothing|silence)\b|\bnothing\W*$")
_STRONG_SILENCE = re.compile(
    r"(?i)\bno (?:response|answer|reply)\b"
    r"|\bnever (?:get|got|an?|any|respond|answer|repl|com|receiv|arriv)"
    r"|\bhangs?\b|\bhanging\b|\bstuck\b|\bnothing (?:comes|happens|back|more|else|is|after)"
    r"|\bstops? responding\b|\bdoes ?n[o']?t (?:respond|answer|reply)\b|\bstalls?\b"
    r"|\bgoes silent\b"
)
_EXPECTED = re.compile(
    r"(?i)\b(?:handl(?:e|es|ed|ing|ers?)|listen\w*|subscrib\w*|support\w*|expect\w*|should|supposed"
    r"|docs?|documentation|documented|according|would be|ought|want|hoped?)\b"
)
_LEFT_OUT = re.compile(
    r"(?i)\b(?:omit(?:ted|ting)?|removed?|filter(?:ed|ing)?(?: out)?|skip(?:ped|ping)?|left out"
    r"|not shown|without the|excluded?|hid(?:den|e|ing)?|stripped|shortened|trimmed|snip(?:ped)?"
    r"|suppress(?:ed)?|not logged|don'?t log|cut out|dropped from the log)\b"
)
_KINDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)\baudio deltas?\b"), "*audio.delta"),
    (re.compile(r"(?i)\btranscript(?:ion)? deltas?\b"), "*transcript*.delta"),
    (re.compile(r"(?i)(?<!audio )(?<!transcript )\bdeltas?\b"), "*.delta"),
    (re.compile(r"(?i)\b(?:rate[_ ]?limits?)\b"), "rate_limits.*"),
    (re.compile(r"(?i)\b(?:appends?|audio (?:chunks?|appends?|packets?)|input audio)\b"),
     "input_audio_buffer.append"),
    (re.compile(r"(?i)\baudio\b(?! delta)"), "*audio.delta"),
)  # fmt: skip
_MORE = re.compile(
    r"(?i)^[\s.…(\[]*(?:\d+ )?(?:more|many|lots of|several|other)\b.{0,60}\bdeltas?\b"
    r"|^[\s(\[]*(?:\.{3}|…)[^\n]{0,40}\bdeltas?\b"
)


_HEAD = 400  # characters of a line in which its time and what is around it stand
_LABEL = 200  # characters; a label or a time at the head of a line takes less
_OTHER = {Sender.CLIENT: Sender.SERVER, Sender.SERVER: Sender.CLIENT, None: None}


def heading(line: str) -> Sender | None:
    """Who sent what follows, by a line that is a label: "My request:", "Server:", "client"."""
    if len(line) > _LABEL:
        return None
    text = _MARKS.sub("", line).strip()
    words = [word for word in _HEADING_WORD.findall(text.rstrip(":*_` "))]
    if not words or len(words) > 9:
        return None
    if not text.endswith((":", "：")) and not (len(words) <= 3 and all(map(way, words))):
        return None
    towards = _TOWARDS.search(text)
    if towards is not None and side(towards["to"]):
        return side(towards["by"]) or _OTHER[side(towards["to"])]
    found = [(word.lower(), sender) for word in words if (sender := way(word))]
    strong = [sender for word, sender in found if word not in _WEAK]
    senders = strong or [sender for _, sender in found if len(words) <= 3]
    return senders[-1] if strong and len(set(senders)) > 1 else senders[0] if senders else None


def label_of(lead: str) -> Sender | None:
    """Who sent the message that stands behind ``lead`` on its line."""
    arrow = _ARROW_BEFORE.search(lead[-8:])
    if arrow is not None:
        return way(arrow[1])
    text = STAMP.sub(" ", lead[-120:])
    words = [word for word in _HEADING_WORD.findall(text)]
    for word in reversed(words):
        sender = way(word)
        if sender and word.lower() not in _WEAK:
            return sender
    return None


def stamp_at_head(line: str) -> Stamp | None:
    """The time a line begins with, behind brackets, a level or a label; prose has none."""
    return _stamp_at_head(line[:_HEAD])


@lru_cache(maxsize=8)  # one line is asked about from several places
def _stamp_at_head(line: str) -> Stamp | None:
    seconds = _BARE_SECONDS.match(line[:_LABEL])
    if seconds is not None:
        return stamp_of(float(seconds[1]))
    match = STAMP.search(line[:90])
    if match is None:
        return None
    before = line[: match.start()]
    words = re.findall(r"[A-Za-z]{2,}", before)
    if len(words) > 2 or len(before) > 48:
        return None
    if match["span"] and before.strip() and not before.rstrip().endswith(("[", "(", "+", "|")):
        return None
    if match["span"] and re.match(r"\s+[a-z]+ [a-z]+", line[match.end() :]):
        return None
    return stamp_in(match)


def stamp_at_end(line: str) -> Stamp | None:
    """The time a row of a list ends with."""
    end = line[-60:]
    stamps = list(STAMP.finditer(end))
    if not stamps or re.search(r"\w", end[stamps[-1].end() :]):
        return None
    return stamp_in(stamps[-1])


def is_only_stamp(line: str) -> bool:
    """Whether a line is a time and nothing else."""
    match = STAMP.search(line)
    return match is not None and not re.search(r"\w", line[: match.start()] + line[match.end() :])


def is_prose(line: str) -> bool:
    """Whether a line is a sentence of the author's and not of a program: mostly plain words."""
    if _LOGGED.match(line) is not None:
        return False
    tokens = line[:300].split()
    return len(_WORD.findall(line[:300])) >= 4 and _plain_share(tokens) >= 0.6


def _plain_share(tokens: list[str]) -> float:
    return sum(_PLAIN.fullmatch(token) is not None for token in tokens) / max(len(tokens), 1)


def is_remark(line: str) -> bool:
    """Whether a line behind a log is its author's, who then saw what came after: a sentence, or
    a short question."""
    if is_prose(line):
        return True
    ends = line.rstrip()[-1:] in (".", "?", "!", ")")
    words_only = _plain_share(line.split()) == 1.0
    return _LOGGED.match(line) is None and ends and words_only and len(line.split()) >= 3


def lists_what_should_come(line: str) -> bool:
    """Whether a line leads to a list of types that a program handles or its author expects."""
    return line.rstrip().endswith(":") and _EXPECTED.search(line) is not None


def says_silence(text: str) -> bool:
    """Whether words after the last event say that nothing more came."""
    return _SILENCE.search(text) is not None


def ends_in_nothing(text: str) -> bool:
    """Whether words behind an event on its own line say that nothing more came."""
    return _THEN_NOTHING.search(text) is not None


def complains_of_silence(text: str) -> bool:
    """Whether words anywhere in a report say that an answer never comes."""
    return _STRONG_SILENCE.search(text) is not None


def left_out(line: str) -> frozenset[str]:
    """The types (globs) that a line says are not in the log."""
    if not (_LEFT_OUT.search(line) or _MORE.search(line)):
        return frozenset()
    return frozenset(types for pattern, types in _KINDS if pattern.search(line))
