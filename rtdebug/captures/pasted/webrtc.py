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
# "/realtime?model=" is a door where something is posted to it.
_OLD_DOOR = re.compile(r"\bPOST\b.{0,80}/realtime\?[^\s'\"`)]{0,300}")
_URL = re.compile(r"(?:https?://)?[\w.\-]{0,200}(?:/[\w.\-]{1,80}){0,4}$")
_STATUS = re.compile(
    r"(?i)(?:status(?: ?code)?(?: of)?|HTTP/[\d.]{1,3}|failed|error|rejected|refused|responded"
    r"|returned|answered|->|→|=>|:|\bPOST\b)[^\d\n]{0,24}\b(?P<status>[45]\d\d)\b(?![.\d])"
    r"|(?<=\s)(?P<bare>[45]\d\d) \("
)
_BODY = re.compile(r"\{.*\}")
_STATE = re.compile(
    r"(?i)(?:connection|ice)[ _-]?state(?:[ _-]?changed?)?\W{1,12}"
    r"(?:(?:is|was|to|now|new|state|changed)\b\W{1,4}){0,3}"
    r"(?P<state>new|checking|connecting|connected|completed|disconnected|failed|closed)\b"
    r"|\b(?:ice|peer ?connection|webrtc)(?: connection)? (?:has |is )?"
    r"(?P<said>connected|disconnected|failed)\b(?! to (?:execute|parse))"
)
_OF_CALL = re.compile(r"(?i)\bice|peer ?_?connection|connection ?_?state|webrtc|\brtc")
_CHANNEL = re.compile(
    r"(?i)\bdata ?-?_?channel\b[^\n]{0,40}\b(?P<how>closed|closing|error|abort(?:ed)?)\b"
    r"|RTCErrorEvent\b[^\n]{0,80}\bUser-Initiated Abort"
)
_SOCKET = re.compile(r"(?i)web ?socket|wss?://")
_LOST = frozenset({"failed"})


def call_refused_in(line: str, context: Context) -> Piece | None:
    """The refusal of a request that begins or controls a call, None where a line tells of none."""
    head = line[:_MOST]
    door = DOOR.search(head) or _OLD_DOOR.search(head)
    if door is None:
        return None
    rest = head[: door.start()] + " " + head[door.end() :]
    match = _STATUS.search(rest)
    if match is None:
        return None
    body = _BODY.search(rest)
    return pieces.refused(
        Step.UPGRADE, line.strip(), context, status=int(match["status"] or match["bare"]),
        url=_url(head, door), body=body.group() if body else "", transport=CALL,
    )  # fmt: skip


def _url(line: str, door: re.Match[str]) -> str:
    if door.re is _OLD_DOOR:
        return door.group().partition("POST")[2].strip(" :'\"")
    before = _URL.search(line[max(0, door.start() - 240) : door.start()])
    return (before.group() if before else "") + re.sub(r":\d+$", "", door.group())


def call_ended_in(line: str, context: Context) -> Piece | None:
    """The end of a call or of its channel that a line tells of."""
    head = line[:_MOST]
    state = state_in(head)
    if state in _LOST:
        return pieces.closed(1006, head.strip(), None, context, head, CALL)
    channel = _CHANNEL.search(head)
    if channel is not None and not _SOCKET.search(head) and "readyState" not in head:
        return pieces.closed(1005, head.strip(), None, context, head, CHANNEL)
    return None


def state_in(line: str) -> str | None:
    """The state of a peer connection that a line tells, in lower case."""
    if not _OF_CALL.search(line) or _SOCKET.search(line):
        return None
    found = [(match["state"] or match["said"]).lower() for match in _STATE.finditer(line)]
    return found[-1] if found else None
