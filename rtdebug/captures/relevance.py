"""Tells which lines of a log no reader could care about, at the cost of one look at each.

A message has a type, one of the names of Gemini's messages, the name of a class, or beside it a
word that says which way it went; whatever else is read of a log (closes, refusals, errors, what a
client complains of) has one of a few words in it. A line with none of these is dull. What was found
dull is remembered without its digits, since most lines of an app differ in nothing else; no sign
has a digit in it, so that this is exact.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TypeAlias

from rtdebug.captures.names import fields, keys

_MOST = 20_000
_DIGITS = b"0123456789"
_MESSAGES = (
    '"type"', "'type'", 'type\\"', "type:", "type=", "type>", "session.", "response.",
    "conversation.", "_buffer.", "rate_limits", "realtime", "buffer", "client_content",
    "server_content", "realtime_input", "tool_call", "tool_response", "go_away", "setup_complete",
    '"dir', '"recv"', '"send"', '"sent"', '"receive', '"incoming"', '"outgoing"', '"inbound"',
    '"outbound"', '"client"', '"server"', "usage_metadata", "voice_activity",
    "session_resumption", "sessioncreated", "sessionupdate",
    "responsecreate", "responsedone", "responseoutput", "responsecontent", "responsetext",
    "responsefunction", "responsecancel", "ratelimits", "conversationitem",
)  # fmt: skip
_WORDS = (
    "error", "err:", "err=", '"err"', "exception", "traceback", "panic", "fatal", "segmentation",
    "uncaught", "unhandled", "unrecogni", "unknown", "unsupported", "unexpected", "invalid",
    "unterminated", "incomplete", "fail", "refus", "reject", "denied", "unauthor", "forbidden",
    "not found", "bad request", "too many", "unavailable", "gateway", "clos", "disconnect",
    "dropp", "lost", "hung up", "terminated", "ended", "websocket", "wss:", "ws:", "socket",
    "handshake", "upgrade", "subprotocol", "connect", "reset", "eof", "timeout", "time out",
    "timed out", "enotfound", "econn", "addrinfo", "unreachable", "route to host", "certificate",
    "ssl", "tls", "pkix", "webrtc", "iceconn", "ice conn", "ice_conn", "ice state", "datachannel",
    "data channel", "data_channel", "data-channel", "peer", "quota", "rate limit", "exceeded",
    "expired", "cannot", "could not", "couldn", "can't", "unable", "silen", "hang", "stuck",
    "nothing", "ignor", "skipp", "ephemeral", "secret", "ek_", "azure", "openai", "gemini", "gpt-",
    "transcri", "audio", "playback", "speaker", "no response", "no effect", "not applied",
    "going away", "policy", "then sent", "received  (", "sent  (", "active response",
    "cancellation", "parameter", "tool call", "your session", "incorrect", "does not exist",
    "not have access", "item with", "passing a", "schema", "expected base", "turn detection",
    "must provide", "not active", "billing", "content part", "content type", "no close",
    "proxy", "relay", "bridge", "upstream", "not valid json", "authorization", "api-key",
)  # fmt: skip
_QUOTED = ('"{}"', "'{}'", '{}\\"')
_FOREIGN = (
    "关闭", "断开", "断线", "掉线", "中断", "切断", "クローズ", "종료", "끊", "码", "コード",
    "코드", "🔌",
)  # fmt: skip


@cache
def all_signs() -> tuple[bytes, ...]:
    """In lower case. One of them is in every line that a reader makes something of."""
    names = [form.format(name) for name in sorted(fields()) for form in _QUOTED]
    found = (*_MESSAGES, *names, *(key.lower() for key in keys()), *_WORDS, *_FOREIGN)
    return tuple(dict.fromkeys(sign.encode() for sign in found))


# How a line of a logger begins: a time, also behind a container's name or a bracket.
_LOGGED = re.compile(
    rb"[\s\[(<]{0,3}(?:\w[\w.\-]{0,60} {0,20}\| {0,2})?"
    rb"(?:\d{1,4}[-/:.]\d|[A-Z][a-z]{2} {1,2}\d{1,2} \d|\w{4,8} \d{4}-\d\d)"
)


# Numbers that mean something: statuses of HTTP and codes of closes, behind a word that says so.
_CODES = re.compile(
    rb"(?i)(?:status|code|http[/\d.]{0,4}|clos\w{0,4}|received|sent|rejected|answered|returned"
    rb"|responded|failed|error|failure)\W{1,4}(\d{3,4})(?!\d)"
)
_OFTEN = 10
Template: TypeAlias = tuple[bytes, ...]


class Relevance:
    """Remembers, for one log, the lines that are dull, and those that are mere remarks."""

    def __init__(self) -> None:
        self._dull: set[bytes] = set()
        self._telling: set[bytes] = set()
        self._remarks: dict[Template, int] = {}
        self._bases: set[bytes] = set()

    def anew(self) -> Relevance:
        """What was learnt, for another pass over the same log."""
        again = Relevance()
        again._dull, again._telling = self._dull, self._telling
        again._remarks = dict.fromkeys(self._remarks, 0)
        again._bases = self._bases
        return again

    def remark(self, line: bytes) -> Template | None:
        """What a line like this one, down to its codes, was remembered by, where it was read with
        care and is no more than a remark; None for any other."""
        if line.translate(None, _DIGITS) not in self._bases:
            return None
        template = _template(line)
        if template not in self._remarks:
            return None
        self._remarks[template] += 1
        return template

    def is_old(self, template: Template) -> bool:
        """Whether a remark was made so often that once more says nothing new."""
        return self._remarks[template] > _OFTEN

    def learn_remark(self, line: bytes) -> None:
        """A line was read with care, and is no more than a remark."""
        if len(self._remarks) < _MOST:
            template = _template(line)
            self._remarks.setdefault(template, 1)
            self._bases.add(template[0])

    def is_dull(self, line: bytes) -> bool:
        """Whether no reader could make anything of a line that stands for itself."""
        template = line.translate(None, _DIGITS)
        if template in self._dull:
            return True
        if template in self._telling:
            return False
        lower = template.lower()
        for sign in all_signs():
            if sign in lower:
                if len(self._telling) < _MOST:
                    self._telling.add(template)
                return False
        if len(self._dull) < _MOST:
            self._dull.add(template)
        return True

    def kept(self, lines: list[bytes]) -> list[int]:
        """The numbers of the lines that may matter; only lines of a logger are left out, for any
        other may be a part of a value. The line above such a one is its head, and is kept."""
        dull, kept, held = self._dull, [], -1
        for number, line in enumerate(lines):
            if line.translate(None, _DIGITS) in dull:
                held = number
                continue
            logged = _LOGGED.match(line) is not None
            if logged and self.is_dull(line):
                held = number
                continue
            if not logged and held == number - 1 and held >= 0 and line.strip():
                kept.append(held)
            kept.append(number)
        return kept


def is_logged(line: bytes) -> bool:
    """Whether a line begins as a logger's does, and so stands for itself."""
    return _LOGGED.match(line) is not None


def _template(line: bytes) -> Template:
    return (line.translate(None, _DIGITS), *_CODES.findall(line))
