"""Finds in a line of text where a client connected to, and with which headers."""

from __future__ import annotations

import re

from rtdebug.captures import pieces
from rtdebug.captures.pieces import Context, Piece

_MOST = 2000  # characters of a line; what tells of an address is at its head
_SOCKET = re.compile(r"wss?://[^\s'\"`<>)\]},]+")
_ENDPOINT = re.compile(
    r"https?://[^\s'\"`<>)\]},]*/(?:realtime|voice-live|BidiGenerateContent)[^\s'\"`<>)\]},]*"
)
_REQUEST = re.compile(r"\bGET (/[^\s'\"]*(?:realtime|Bidi)[^\s'\"]*)(?: HTTP/[\d.]+)?")
_CONNECTS = re.compile(
    r"(?i)\b(?:connect\w*|open(?:ed|ing|s)?|dial\w*|url|uri|endpoint|handshake|upgrade|websocket"
    r"|ws_connect|target|using|to|socket|base_url|host|request|path|GET)\b"
)
_HEADER = re.compile(
    r"(?i)^[\s>*<|\"'`\-]*(?P<name>authorization|openai-beta|openai-organization|openai-project"
    r"|api-key|x-api-key|x-goog-api-key|sec-websocket-protocol|sec-websocket-version|origin|host"
    r"|user-agent|cookie|openai-safety-identifier)[\"'`]?\s*(?::|=>|=)\s*[\"'`]?"
    r"(?P<value>[^\"'`\n]*)"
)
_LIST = re.compile(r"(?i)\bheaders?\b[^\w\n]*[:=]?\s*(?P<list>[^\n]*)")
_NAMED = re.compile(
    r"(?i)(?P<name>authorization|openai-beta|api-key|x-api-key|sec-websocket-protocol"
    r"|openai-organization|openai-project)\b[\"'`]?(?:\s*(?::|=>|=)\s*[\"'`]?"
    r"(?P<value>[^,;)}\"'`\n]*))?"
)


def connect_in(line: str, context: Context) -> Piece | None:
    """The start of a connection that a line tells of, None when it tells of none."""
    head = line[:_MOST]
    match = _SOCKET.search(head) or _ENDPOINT.search(head)
    if match is None:
        request = _REQUEST.search(head)
        if request is None:
            return None
        return pieces.opened(request[1], context, text=line.strip())
    if not _CONNECTS.search(line[: match.start()]) and line.strip(" `'\"*-:>") != match.group():
        return None
    return pieces.opened(
        match.group().rstrip(".;:"), context, headers=_headers(line), text=line.strip()
    )


def _headers(line: str) -> tuple[tuple[str, str], ...]:
    listed = _LIST.search(line)
    if listed is None:
        return ()
    return tuple(
        (match["name"], (match["value"] or "").strip()) for match in _NAMED.finditer(listed["list"])
    )


def header_in(line: str) -> tuple[str, str] | None:
    """The header of the upgrade that a line shows, as name and value."""
    match = _HEADER.match(line)
    return (match["name"], match["value"].strip()) if match else None
