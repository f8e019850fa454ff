"""How some libraries and programs word the end of a connection, each in a way of its own."""

from __future__ import annotations

import re
from typing import NamedTuple

from rtdebug.model.records import Sender

_CODE = r"(?P<code>100[0-9]|101[0-5]|[34]\d{3})(?!\d)"
# google-genai: "APIError: 1007 None. <reason>"; it writes 1006 where no close frame came.
_GENAI = re.compile(rf"(?<![\d.:]){_CODE} None\. ?(?P<reason>[^\n]*)")
# "setup failed (1007): <reason>"
_FAILED = re.compile(
    rf"(?i)\bfail(?:ed|ure)?\b[^\n()]{{0,30}}\((?:code\W{{0,3}})?{_CODE}\)\s*[:\-–—]\s*"
    r"(?P<reason>[^\n]+)"
)
# Python's websockets prints this of a close of its own, and what came back of it behind it.
_TOO_BIG = re.compile(r"\bsent 1009 \(message too big\)")
# Its debug log shows each frame; what came back of a close is a second line.
_FRAME = re.compile(
    rf"(?P<way>[<>]) CLOSE {_CODE}(?: \([^()\n]*\))?(?P<reason>[^\n]*?)(?:\[\d+ bytes\])?$"
)
# What is said of a connection that broke: Apple's systems, Rust's tungstenite, ESP-IDF, and
# Java's, where a name on the line tells that it was a WebSocket.
_BROKEN = re.compile(
    r"NSPOSIXErrorDomain Code=5[34]\b|NSURLErrorDomain Code=-1005\b"
    r"|(?i:without closing handshake|esp_transport_read\(\) failed with -)"
    r"|(?i:web ?socket|onFailure)[^\n]{0,80}"
    r"(?:EOFException|SocketException: (?:Connection reset|Software caused|Broken pipe))"
)
# Consoles of browsers that keep the reason and not the code.
_REASONED = re.compile(r"(?i)\bdisconnected with reason:? *(?P<reason>[^\n]+)")
_ENDED = re.compile(r"关闭|断开|断线|掉线|中断|切断|クローズ|종료|끊")
_CODED = re.compile(rf"(?:码|コード|코드|code)\s*(?:[:：=]\s*)?{_CODE}", re.I)
_BECAUSE = re.compile(r"(?:原因|信息|理由|사유|reason)\s*[:：=]\s*(?P<reason>[^\n，。]*)", re.I)
_QUOTED = re.compile(r"[`*'\"]{0,3}\s*\(\s*[\"“'`](?P<reason>[^\"”\n]+?)[\"”'`]\s*\)")
# Node's ws: a socket that is printed holds this before any close came.
_UNSET = re.compile(r"_closeCode: 1006\b")


# aiohttp and Python's websockets print codes by these names.
_NAMED = re.compile(r"\b(?:WS)?CloseCode\.(?P<name>[A-Z_]+)\b")
_NAMES = {
    "OK": 1000, "NORMAL_CLOSURE": 1000, "GOING_AWAY": 1001, "PROTOCOL_ERROR": 1002,
    "UNSUPPORTED_DATA": 1003, "NO_STATUS_RCVD": 1005, "ABNORMAL_CLOSURE": 1006,
    "INVALID_TEXT": 1007, "INVALID_DATA": 1007, "POLICY_VIOLATION": 1008, "MESSAGE_TOO_BIG": 1009,
    "MANDATORY_EXTENSION": 1010, "INTERNAL_ERROR": 1011, "SERVICE_RESTART": 1012,
    "TRY_AGAIN_LATER": 1013, "BAD_GATEWAY": 1014, "TLS_HANDSHAKE": 1015,
}  # fmt: skip


class Ending(NamedTuple):
    """An end that a line tells of."""

    code: int
    reason: str
    sender: Sender | None


def ending_worded(line: str) -> Ending | None:
    """The end a line tells of in one of these ways, None when it does in none."""
    match = _GENAI.search(line)
    if match is not None:
        code = int(match["code"])
        return Ending(code, _bare(match["reason"]), None if code == 1006 else Sender.SERVER)
    match = _FRAME.search(line)
    if match is not None:
        received = (match["way"] == "<") is not ("websockets.server" in line)
        sender = Sender.SERVER if received else Sender.CLIENT
        return Ending(int(match["code"]), _bare(match["reason"]), sender)
    match = _FAILED.search(line)
    if match is not None:
        return Ending(int(match["code"]), _bare(match["reason"]), None)
    if _BROKEN.search(line):
        return Ending(1006, "", None)
    if _TOO_BIG.search(line):
        return Ending(1009, "", Sender.CLIENT)
    match = _REASONED.search(line)
    if match is not None:
        return Ending(1005, _bare(match["reason"]), Sender.SERVER)
    match = _NAMED.search(line)
    if match is not None and match["name"] in _NAMES:
        return Ending(_NAMES[match["name"]], "", None)
    coded = _CODED.search(line) if _ENDED.search(line) else None
    if coded is None:
        return None
    because = _BECAUSE.search(line)
    return Ending(int(coded["code"]), _bare(because["reason"]) if because else "", None)


def _bare(reason: str) -> str:
    return reason.strip().strip("\"'`“”").strip()


def quoted_behind(line: str, end: int) -> str:
    """The reason that stands in brackets and quotes right behind a code: ``1011 ("Busy.")``."""
    match = _QUOTED.match(line, end)
    return match["reason"].strip() if match else ""


def within_ticks(line: str, reason: str) -> str:
    """A reason up to the end of the code span it begins in: what follows is the author's."""
    start = line.find(reason)
    if start < 0 or line.count("`", 0, start) % 2 == 0:
        return reason
    return reason.partition("`")[0]


def without_unset(line: str) -> str:
    """A line without what a library prints of a close that never came."""
    return _UNSET.sub("", line)
