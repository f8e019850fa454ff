"""Finds how a connection ended in a line of text, in the words of the libraries that print it."""

from __future__ import annotations

import re
from itertools import pairwise

from rtdebug.captures import pieces
from rtdebug.captures.pasted.close_wordings import (
    ending_worded,
    quoted_behind,
    within_ticks,
    without_unset,
)
from rtdebug.captures.pieces import Context, Piece
from rtdebug.model.records import Sender

CLIENT, SERVER = Sender.CLIENT, Sender.SERVER

_CODE = r"(?<![\d.\-:/#_])(?P<code>1000|1001|1002|1003|1005|1006|1007|1008|1009|101[0-5]|[34]\d{3})"
_AFTER = (
    r"(?![\d_/-]|[:.]\d|\s?(?:ms|Hz|kHz|bytes|tokens|chars|samples|events|messages|times|items)\b)"
)

# Python's websockets: who sent a close frame first, and what the other side answered.
_RECEIVED = re.compile(
    rf"\breceived {_CODE}(?: \([^)]*\))?"
    r"(?P<reason>(?: (?!then sent)[^;\n]*|;(?! then sent| no close))*)"
    r"(?:; then sent \d{4}|; no close frame sent|$|[.`'\")])"
)
_SENT = re.compile(
    rf"\bsent {_CODE}(?: \([^)]*\))?(?P<reason>[^;\n]*)"
    r"(?:; (?:then received \d{4}|no close frame received)|$)"
)
_NO_FRAME = re.compile(r"(?i)no close frame received or sent|without (?:a )?clos(?:e|ing) frame"
                       r"|connection (?:was )?closed abnormally|close frame was not received"
                       r"|without completing the close handshake")  # fmt: skip
_OLD = re.compile(rf"\bcode ?= ?{_CODE} \([^)]*\), (?:no reason|reason ?= ?(?P<reason>[^\n]*))")
# Go: gorilla and coder/nhooyr; both print the standard name of the code.
_GORILLA = re.compile(rf"\bwebsocket: close {_CODE}(?: \([^)]*\))?(?::? ?(?P<reason>[^\n]*))?")
_STATUS = re.compile(r"status = Status(?P<name>\w+)(?: and reason = \"(?P<reason>[^\"]*)\")?")
_STATUS_CODES = {
    "NormalClosure": 1000, "GoingAway": 1001, "ProtocolError": 1002, "UnsupportedData": 1003,
    "NoStatusRcvd": 1005, "AbnormalClosure": 1006, "InvalidFramePayloadData": 1007,
    "PolicyViolation": 1008, "MessageTooBig": 1009, "MandatoryExtension": 1010,
    "InternalError": 1011, "ServiceRestart": 1012, "TryAgainLater": 1013, "BadGateway": 1014,
    "NormalClosed": 1000, "EndpointUnavailable": 1001, "InvalidMessageType": 1003,
    "InvalidPayloadData": 1007, "InternalServerError": 1011, "Empty": 1005,
}  # fmt: skip
_DOTNET = re.compile(r"(?i)\bclose ?status(?:code)?['\"]?\s*[:=]\s*['\"]?(?P<name>[A-Z]\w+)")
# Anything that speaks of closing and tells a code.
_WORDS = re.compile(
    r"(?i)\b(?:on[_ ]?)?(?:clos(?:e|ed|es|ing|ure)|disconnect(?:ed|ion|s)?|hung up|terminated"
    r"|websocket (?:ended|error)|connection (?:ended|lost|dropped)|dropped|ended with|ends with"
    r"|wsmsgtype\.clos\w*)\b|CloseEvent|Disconnect|ConnectionClosed|on_?close|closeCode|close_code|🔌"
)
_KEYED = re.compile(
    rf"(?i)\b(?:close[_ ]?)?(?:code|status|data)['\"]?\s*(?:[:=]|is|was)?\s*['\"]?{_CODE}{_AFTER}"
)
_NEAR = re.compile(rf"{_CODE}{_AFTER}")
_REASON = re.compile(
    r"(?i)\b(?:reason|extra)['\"]?(?:\s*[:=]?\s*(?:b?'(?P<single>[^'\n]*)'|\"(?P<double>[^\"\n]*)\""
    r"|“(?P<curly>[^”\n]*)”)|(?:\s*[:=]\s*|\s+(?=\w+[._]\w))(?P<plain>[^\s,;)}\]'\"][^\n;)}\]]*)"
    r"|\s*[:=]\s*(?=$|[)\]}]))"
)
_TRAILING = re.compile(
    r"\s*(?:\([^()\n]*\))?\s*[,:;\-–—=]*\s*(?:with (?:the )?reason\s*)?[:=]?\s*"
    r"(?:\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'|“(?P<curly>[^”\n]*)”"
    r"|(?P<plain>[A-Za-z][^\n]*))?"
)
_CODELESS = re.compile(
    r"(?i)^[^A-Za-z]*(?:[\[(]\w+[\])]\W*)?(?:info|debug|warn|error)?\W*(?:\w*exception: )?(?:the )?"
    r"(?:(?:openai|azure|s2s|ws|web ?socket|socket|realtime|api|server)[ _]){0,4}"
    r"(?:ws|web ?socket|socket|realtime|server|connection|session|channel)? ?"
    r"(?:is |was |has been |has )?(?P<how>closed|disconnected|lost|dropped)"
    r"(?P<abruptly> (?:unexpectedly|abruptly|abnormally))?(?: by (?:the )?\w+)?"
    r"(?:: (?P<reason>[^\n]{3,160})|[\s.!)\]]*(?:\{[^{}\n]*\})?\s*)$"
)
_LONGEST = 400
"""Characters of a line that says no more than that; the time of the pattern grows steeply."""
_UNEXPECTED = re.compile(r"(?i)\bconnection (?:was |has been )?closed unexpectedly\b")
_ABRUPT = re.compile(r"(?i)\breset\b|\bEOF\b|broken pipe|abnormal|ECONN|timed? ?out")
_LEADS = re.compile(r"[:=(–—-]")
_SENTENCE_END = re.compile(r"[.!?][`\"'”)]* (?=[A-Z])")
_BY_SERVER = re.compile(r"(?i)\b(?:by|from) (?:the )?(?:server|remote|peer|host|openai|azure|api)\b"
                        r"|\b(?:server|remote|peer|openai|azure|upstream) (?:has )?"
                        r"(?:closed|disconnected|hung up|closes)|received close")  # fmt: skip
_BY_CLIENT = re.compile(r"(?i)\b(?:by|from) (?:the )?(?:client|us|me|app|user|browser)\b"
                        r"|\b(?:client|we|i|browser) (?:closed|disconnected|hung up|close)"
                        r"|\bclosing (?:the )?(?:web)?socket\b|ws\.close\(")  # fmt: skip


# One of these is in every line that tells of a close: a cheap look before the patterns.
_TELLING = ("clos", "disconnect", "frame", "received ", "sent ", "code", "status", "hung up",
            "terminated", "ended", "ends", "lost", "dropped", "websocket", "🔌",
            " none.", "failed", "failure", "码", "コード", "코드")  # fmt: skip


def close_in(line: str, context: Context) -> Piece | None:
    """The close that a line tells of, None when it tells of none."""
    lower = line.lower()
    if not any(word in lower for word in _TELLING):
        return None
    line = without_unset(line)
    return (
        _library(line, context)
        or _worded(line, context)
        or _named(line, context)
        or _spoken(line, context)
    )


def _worded(line: str, context: Context) -> Piece | None:
    ending = ending_worded(line)
    if ending is None:
        return None
    return pieces.closed(ending.code, ending.reason, ending.sender, context, line)


def _library(line: str, context: Context) -> Piece | None:
    received, sent = _RECEIVED.search(line), _SENT.search(line)
    if received and (sent is None or received.start() < sent.start()):
        return _made(received, SERVER, context, line)
    if sent and ("frame received" in line or "then received" in line):
        return _made(sent, CLIENT, context, line)
    if _NO_FRAME.search(line):
        return pieces.closed(1006, "", None, context, line)
    match = _GORILLA.search(line) or _OLD.search(line)
    if match:
        code = int(match["code"])
        return _made(match, None if code == 1006 else SERVER, context, line)
    return None


def _made(match: re.Match[str], sender: Sender | None, context: Context, line: str) -> Piece:
    reason = within_ticks(line, match["reason"] or "").strip().strip("`").rstrip("'\"").strip()
    return pieces.closed(int(match["code"]), reason, sender, context, line)


def _named(line: str, context: Context) -> Piece | None:
    """A code by its name in a standard library."""
    status = _STATUS.search(line)
    if status and status["name"] in _STATUS_CODES:
        reason = status["reason"] or ""
        return pieces.closed(_STATUS_CODES[status["name"]], reason, SERVER, context, line)
    dotnet = _DOTNET.search(line)
    if dotnet and dotnet["name"] in _STATUS_CODES:
        code = _STATUS_CODES[dotnet["name"]]
        return pieces.closed(code, _reason(line), _by(line), context, line)
    return None


def _spoken(line: str, context: Context) -> Piece | None:
    words = _WORDS.search(line)
    if words is None:
        return None
    match = _KEYED.search(line) or _NEAR.search(line, max(0, words.start() - 24))
    if match is None:
        return _codeless(line, context)
    reason = quoted_behind(line, match.end("code"))
    if not reason:
        reason = _reason(line) if _REASON.search(line) else _trailing(line, match)
        reason = within_ticks(line, reason)
    return pieces.closed(int(match["code"]), reason, _by(_sentence(line, match)), context, line)


def _sentence(line: str, code: re.Match[str]) -> str:
    """The sentence that tells the code: who is spoken of in the next is not who closed."""
    ends = [0, *(end.end() for end in _SENTENCE_END.finditer(line)), len(line)]
    return next(
        (line[start:end] for start, end in pairwise(ends) if start <= code.start("code") < end),
        line,
    )


def _codeless(line: str, context: Context) -> Piece | None:
    """A line that says no more than that the connection ended."""
    match = _CODELESS.match(line) if len(line) <= _LONGEST else None
    if match is None and _UNEXPECTED.search(line):
        return pieces.closed(1005, "", _by(line), context, line)
    if match is None:
        return None
    reason = (match["reason"] or "").strip()
    how = (match["abruptly"] or "").strip().lower()
    lost = match["how"].lower() in ("lost", "dropped") or how in ("abruptly", "abnormally")
    code = 1006 if lost or _ABRUPT.search(reason) else 1005
    return pieces.closed(code, reason, _by(line), context, line)


def _reason(line: str) -> str:
    match = _REASON.search(line)
    if match is None:
        return ""
    text = next((group for group in match.group("single", "double", "curly", "plain") if group), "")
    return "" if text.lower() in ("none", "null", "undefined", "empty", "n/a") else text.strip()


def _trailing(line: str, code: re.Match[str]) -> str:
    """What stands behind the code, where that is a reason and not the rest of a sentence."""
    match = _TRAILING.match(line, code.end())
    if match is None:
        return ""
    plain = match["plain"]
    if plain and not _is_reason(
        plain, line[: code.start()], line[code.end() : match.start("plain")]
    ):
        plain = ""
    return (
        match["double"] or match["single"] or match["curly"] or (plain or "").strip(" `")
    ).strip()


def _is_reason(plain: str, before: str, between: str) -> bool:
    """A reason begins with a capital, is a code, or is announced by what stands around it."""
    announced = before.rstrip()[-1:] in (":", "=", "(", "[", "#")
    return announced or not plain[0].islower() or "_" in plain or bool(_LEADS.search(between))


def _by(line: str) -> Sender | None:
    if _BY_SERVER.search(line):
        return SERVER
    return CLIENT if _BY_CLIENT.search(line) else None
