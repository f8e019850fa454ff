"""How a peer can break RFC 6455: each kind with its words, whoever notices it.

The passive reader of a relay and the library that a client speaks through see the same faults and
name them alike here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rtdebug.model.records import Sender

WORDS = {
    "wrong-mask": "a frame of the server is masked, or one of the client is not (RFC 6455, 5.1)",
    "reserved-bit": "a reserved bit is set without an extension (RFC 6455, 5.2)",
    "reserved-opcode": "an opcode is used that is reserved (RFC 6455, 5.2)",
    "impossible-length": "a length has its highest bit set (RFC 6455, 5.2)",
    "continues-nothing": "a continuation frame continues nothing (RFC 6455, 5.4)",
    "message-inside-message": "a new message begins inside a fragmented one (RFC 6455, 5.4)",
    "control-frame": "a control frame is fragmented or longer than 125 bytes (RFC 6455, 5.5)",
    "half-a-close-code": "the close frame holds half a code (RFC 6455, 5.5.1)",
    "close-code": "a close code was sent that may not stand in a frame (RFC 6455, 7.4)",
    "close-reason": "the reason of a close frame is not UTF-8 (RFC 6455, 5.5.1)",
    "data-after-close": "data came after the close frame (RFC 6455, 5.5.1)",
    "frame": "a frame is not as it must be (RFC 6455, 5.2)",
    "compression": "a compressed message cannot be read (RFC 7692, 7.2.2)",
    "wrong-accept": "Sec-WebSocket-Accept does not fit the key: clients refuse this upgrade "
    "(RFC 6455, 4.1)",
    "extension-not-offered": "the server chose an extension that was not offered (RFC 6455, 4.1)",
}

# What the errors of websockets' parser begin with or hold.
_SAID_BY_LIBRARY = (
    ("incorrect masking", "wrong-mask"),
    ("reserved bits", "reserved-bit"),
    ("invalid opcode", "reserved-opcode"),
    ("unexpected continuation", "continues-nothing"),
    ("expected a continuation", "message-inside-message"),
    ("expected continuation", "message-inside-message"),
    ("control frame too long", "control-frame"),
    ("fragmented control frame", "control-frame"),
    ("close frame too short", "half-a-close-code"),
    ("invalid status code", "close-code"),
    ("decompression", "compression"),
)


def kind_of(error: BaseException) -> str:
    """The kind of an error of websockets' parser."""
    text = str(error).lower()
    if isinstance(error, UnicodeDecodeError):
        return "close-reason"
    return next((kind for said, kind in _SAID_BY_LIBRARY if said in text), "frame")


def words(kind: str, more: str = "") -> str:
    """A kind in words."""
    return f"{WORDS[kind]}: {more}" if more else WORDS[kind]


def may_be_sent(code: int) -> bool:
    """Whether a close code may stand in a frame (RFC 6455, 7.4; 1012 to 1014 are registered)."""
    return (1000 <= code <= 1014 and code not in (1004, 1005, 1006)) or 3000 <= code <= 4999


def side(sender: Sender) -> str:
    """Who it was, in words."""
    return "the app" if sender == "client" else "the server"
