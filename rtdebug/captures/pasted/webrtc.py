"""Finds in a line of text how a WebRTC or SIP call failed: refused over HTTP, lost, its channel.

A call begins with a request over HTTP (an SDP offer to ``/v1/realtime/calls``, a key from
``/v1/realtime/client_secrets``); what becomes of it the browser tells in the names of its states
(W3C WebRTC 1.0: RTCIceConnectionState, RTCPeerConnectionState, RTCDataChannelState).
"""

from __future__ import annotations

import re

from rtdebug.captures import pieces
from rtdebug.captures.doors import CALL, CHANNEL, DOOR
from rtdebug.captures.pieces import Context, Piece
from rtdebug.model.records import Step

_MOST = 2000
# One of these is in every line that tells of a call: a cheap look before the patterns, which are
# compiled when they are first needed.
_TELLING = ("ice", "connection", "channel", "rtc")
# "/realtime?model=" is a door where something is posted to it.
_OLD_DOOR = r"\bPOST\b.{0,80}/realtime\?[^\s'\"`)]{0,300}"
_URL = r"(?:https?://)?[\w.\-]{0,200}(?:/[\w.\-]{1,80}){0,4}$"
_STATUS = (
    r"(?i)(?:status(?: ?code)?(?: of)?|HTTP/[\d.]{1,3}|failed|error|rejected|refused|responded"
    r"|returned|answered|->|→|=>|:|\bPOST\b)[^\d\n]{0,24}\b(?P<status>[45]\d\d)\b(?![.\d])"
    r"|(?<=\s)(?P<bare>[45]\d\d) \("
)
_BODY = r"\{.*\}"
_STATE = (
    r"(?i)(?:connection|ice)[ _-]?state(?:[ _-]?changed?)?\W{1,12}"
    r"(?:(?:is|was|to|now|new|state|changed)\b\W{1,4}){0,3}"
    r"(?P<state>new|checking|connecting|connected|completed|disconnected|failed|closed)\b"
    r"|\b(?:ice|peer ?connection|webrtc)(?: connection)? (?:has |is )?"
    r"(?P<said>connected|disconnected|failed)\b(?! to (?:execute|parse))"
)
_OF_CALL = r"(?i)\bice|peer ?_?connection|connection ?_?state|webrtc|\brtc"
_CHANNEL = (
    r"(?i)\bdata ?-?_?channel\b[^\n]{0,40}\b(?P<how>closed|closing|error|abort(?:ed)?)\b"
    r"|RTCErrorEvent\b[^\n]{0,80}\bUser-Initiated Abort"
)
_SOCKET = r"(?i)web ?socket|wss?://"
_LOST = frozenset({"failed"})


def call_refused_in(line: str, context: Context) -> Piece | None:
    """The refusal of a request that begins or controls a call, None where a line tells of none."""
    head = line[:_MOST]
    if "/realtime" not in head:
        return None
    door = re.search(DOOR, head) or re.search(_OLD_DOOR, head)
    if door is None:
        return None
    rest = head[: door.start()] + " " + head[door.end() :]
    match = re.search(_STATUS, rest)
    if match is None:
        return None
    body = re.search(_BODY, rest)
    return pieces.refused(
        Step.UPGRADE, line.strip(), context, status=int(match["status"] or match["bare"]),
        url=_url(head, door), body=body.group() if body else "", transport=CALL,
    )  # fmt: skip


def _url(line: str, door: re.Match[str]) -> str:
    if door.re.pattern == _OLD_DOOR:
        return door.group().partition("POST")[2].strip(" :'\"")
    before = re.search(_URL, line[max(0, door.start() - 240) : door.start()])
    return (before.group() if before else "") + re.sub(r":\d+$", "", door.group())


def call_ended_in(line: str, context: Context) -> Piece | None:
    """The end of a call or of its channel that a line tells of."""
    head = line[:_MOST]
    lower = head.lower()
    if not any(word in lower for word in _TELLING):
        return None
    state = state_in(head)
    if state in _LOST:
        return pieces.closed(1006, head.strip(), None, context, head, CALL)
    channel = re.search(_CHANNEL, head)
    if channel is not None and not re.search(_SOCKET, head) and "readyState" not in head:
        return pieces.closed(1005, head.strip(), None, context, head, CHANNEL)
    return None


def state_in(line: str) -> str | None:
    """The state of a peer connection that a line tells, in lower case."""
    if not re.search(_OF_CALL, line) or re.search(_SOCKET, line):
        return None
    found = [(match["state"] or match["said"]).lower() for match in re.finditer(_STATE, line)]
    return found[-1] if found else None
