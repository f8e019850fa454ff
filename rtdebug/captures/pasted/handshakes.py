"""Finds in a line of text that no connection came about, in the words of those that print it."""

from __future__ import annotations

import re

from rtdebug.captures import pieces
from rtdebug.captures.pieces import Context, Piece
from rtdebug.model.records import Step

_S = r"[\"'“‘]?(?P<status>[2-5]\d\d)\b(?!\.?\d)"
_NAMES = (
    "unauthorized|forbidden|not found|bad request|too many requests|method not allowed"
    "|internal server error|service unavailable|bad gateway|gateway time-?out|upgrade required"
    "|payment required|not acceptable|conflict|gone"
)
_ABOUT = r"\b(?:web ?socket|handshake|upgrade|ws_connect|connect\w*|dial\w*)\b"
_STATUSES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"rejected (?:the )?web ?socket (?:connection|handshake|upgrade): ?(?:HTTP )?{_S}",
        rf"unexpected (?:server )?response(?: code)?: ?{_S}",
        rf"unexpected HTTP response status code:? {_S}",
        rf"received bad response code from server:? {_S}",
        rf"\b(?:realtime|web ?socket)\b[^\n]{{0,60}}\bunexpected status(?: code)?:? {_S}",
        rf"{_ABOUT}[^\n]{{0,60}}&\{{{_S} (?:{_NAMES})\b",
        rf"WSServerHandshakeError[:(] ?(?:status=)?{_S}",
        rf"InvalidStatus(?:Code)?\b[^\n]{{0,60}}? {_S}",
        rf"handshake status:? {_S}",
        rf"handshake_status_code[=: ]+{_S}",
        rf"{_ABOUT}[^\n]{{0,80}}?\bstatus(?: ?code)?(?: of)?[\"']?[ :=]*{_S}",
        rf"returned status code {_S}",
        rf"(?:expected|wanted)[^\n]{{0,40}}? 101\b[^\n]{{0,60}}?(?:but |got |was |received )+{_S}",
        rf"\bHTTP(?: error)?(?:/[\d.]+)?:? ?{_S}:? (?:{_NAMES})\b",
        rf"{_ABOUT}[^\n]{{0,60}}?(?:fail|refus|reject|denied|error|bad)\w*[^\n]{{0,40}}?"
        rf"(?:\bHTTP |\bcode |[ (:]){_S}",
        rf"server rejected[^\n]{{0,40}}? {_S}",
        rf"(?:received |answered |says |gives |with |get |got |an )HTTP {_S}",
        rf"^\W*HTTP {_S}",
        rf"\bGET wss?://\S+[^\n]{{0,20}}? {_S}",
        rf"\b(?:resp(?:onse)?|http)?[ ._]?status(?:[_ ]?code)?[ \"']*[:=] ?{_S}"
        rf"[^\n]{{0,40}}\b(?:{_NAMES})\b",
    )
)
_SCHEME = re.compile(
    r"(?i)isn'?t a? ?(?:valid )?(?:ws|uri: scheme)|scheme isn'?t ws or wss|must be either 'ws' or"
    r"|url'?s (?:scheme|protocol) must be|malformed ws or wss url|not a (?:valid )?(?:ws|wss)\b"
    r"|expected (?:a )?(?:ws|wss)\b[^\n]{0,20}(?:scheme|url)|scheme (?:is )?(?:is not|isn't|not)"
    r" (?:supported|ws|allowed)|unsupported protocol scheme|only 'ws' and 'wss' schemes"
    r"|invalid (?:uri|url)[^\n]{0,60}(?:ws|wss|https?:)|subprotocol[^\n]{0,60}"
    r"(?:not supported|unsupported|invalid|rejected|no matching|was not)"
    r"|sent (?:a )?(?:non-empty|invalid)[^\n]{0,20}sec-websocket-protocol"
    r"|(?:unsupported|invalid|unknown|no matching) (?:web ?socket )?(?:sub)?protocol\b"
    r"|server sent no subprotocol|no subprotocols? (?:requested|supported)"
)
# What follows the word where a program prints how long it would wait, and not that it did.
_SETTING = (
    r"[\"'`]?\s*(?:[:=]|of|is|set to)?\s*[\"'`]?\d"
    r"(?![^\n]*(?:exceeded|elapsed|expired|reached|error|fail))"
)
_SYSTEM: tuple[tuple[Step, re.Pattern[str]], ...] = (
    (Step.NAME, re.compile(
        r"(?i)getaddrinfo|ENOTFOUND|EAI_AGAIN|name or service not known|no such host|gaierror"
        r"|nodename nor servname|could not resolve host|name_not_resolved"
        r"|failed to lookup address|temporary failure in name resolution|UnknownHostException"
        r"|unable to resolve host [\"'“]|NSURLErrorDomain Code=-1003\b"
        r"|specified hostname could not be found")),
    (Step.TLS, re.compile(
        r"(?i)certificate[_ ]verify[_ ]failed|self[- ]signed certificate|certificate has expired"
        r"|unable to get local issuer|hostname mismatch|ERR_CERT_|ERR_TLS_|SSLCertVerif"
        r"|wrong version number|SSL: |tls: (?:failed|handshake)|x509: |invalid peer certificate"
        r"|PKIX path|certification path|remote certificate (?:is|was) (?:invalid|rejected)"
        r"|certificate for this server is invalid|ssl connection could not be established"
        r"|mbedtls_ssl_handshake returned|UNABLE_TO_VERIFY"
        r"|NSURLErrorDomain Code=-120[0-6]\b")),
    (Step.TCP, re.compile(
        r"(?i)ECONNREFUSED|connection refused|connect call failed|actively refused"
        r"|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|no route to host|network is unreachable"
        r"|NSURLErrorDomain Code=-100[49]\b|CONNECTION_(?:REFUSED|TIMED_OUT)"
        r"|esp_transport_connect\(\) failed"
        r"|connect(?:ion)? (?:timed out|time ?out(?!" + _SETTING + r"))")),
    (Step.UPGRADE, re.compile(
        r"(?i)timed out (?:during|while waiting for) (?:the )?(?:opening )?handshake"
        r"|did not receive a valid http response|bad handshake|opening handshake"
        r"|websocket connection to ['‘\"“][^'’\"”\n]+['’\"”] failed|handshake (?:failed|error)"
        r"|error during websocket handshake|invalid sec-websocket-accept"
        r"|NSURLErrorDomain Code=-1011\b|was not upgraded to websocket")),
)  # fmt: skip
# A server's own log says this of whoever knocks at its door, such as a check of its health.
_INCOMING = re.compile(r"\bwebsockets\.server\b|did not receive a valid HTTP request")
_VAGUE = re.compile(
    r"(?i)\b(?:could not|couldn't|cannot|can't|unable to|failed to|failed) connect(?:ing)? to\b"
    r"[^\n]{0,20}(?:wss?://|\b(?:realtime|web ?socket|openai|azure|gemini|grok|xai)\b)"
    # .NET says no more of any refusal than the second half of this.
    r"|\bweb ?socket\w*\b[^\n]{0,30}\bunable to connect to the remote server"
    r"|\bweb ?socket connection (?:failed|failure): \w"
)
# One of these is in every line that tells of a refusal: a cheap look before the patterns.
_TELLING = (
    "http", "status", "handshake", "rejected", "response", "ws", "url", "uri", "scheme",
    "protocol", "connect", "host", "addr", "name", "certificate", "tls", "ssl", "x509", "err_",
    "version number", "route", "nsurl", "network", "timed", "issuer", "socket", "verify", "pkix",
)  # fmt: skip
_STATUS = re.compile(r"(?<!\d)[2-5]\d\d(?!\d)")
_URL = re.compile(r"(?:wss?|https?)://[^\s'\"`<>)\]}]+")
_BODY = re.compile(r"\{.*\}")


def refusal_in(line: str, context: Context) -> Piece | None:
    """The refusal a line tells of, None when it tells of none."""
    lower = line.lower()
    if not any(word in lower for word in _TELLING) or _INCOMING.search(line):
        return None
    url = url_in(line)
    for pattern in _STATUSES if _STATUS.search(line) else ():
        match = pattern.search(line)
        if match is not None:
            status = int(match["status"])
            body = _BODY.search(line)
            return pieces.refused(
                Step.UPGRADE, line.strip(), context, status=status, url=url,
                body=body.group() if body else "",
            )  # fmt: skip
    if _SCHEME.search(line):
        return pieces.refused(Step.UPGRADE, line.strip(), context, url=url)
    for step, words in _SYSTEM:
        if words.search(line):
            return pieces.refused(step, line.strip(), context, url=url)
    if is_vague(line):
        return pieces.refused(Step.UPGRADE, line.strip(), context, url=url)
    return None


def is_vague(line: str) -> bool:
    """Whether a line says that no connection came about and not at all why."""
    if _VAGUE.search(line) is None or _SCHEME.search(line):
        return False
    return not any(words.search(line) for _, words in _SYSTEM)


def url_in(line: str) -> str | None:
    """The first URL of a line."""
    match = _URL.search(line)
    return match.group().rstrip(".,;:") if match else None
