"""The addresses at which calls over WebRTC and SIP begin, and the names of their transports."""

from __future__ import annotations

import re

CALL, CHANNEL = "webrtc", "data-channel"
DOOR = (
    r"/realtime/(?:calls|client_secrets|sessions|transcription_sessions|translations)\b"
    r"[^\s'\"`)]{0,300}"
)
_OLD = r"/realtime\?[^/]*$"


def is_door(url: str) -> bool:
    """Whether a request to this address begins or controls a call; the beta's door was that of
    the WebSocket."""
    return re.search(DOOR, url[:2000]) is not None or re.search(_OLD, url[:2000]) is not None
