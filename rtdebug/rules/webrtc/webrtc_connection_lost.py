"""The peer connection of a call was up, and was lost."""

from __future__ import annotations

from rtdebug.rules.webrtc.peer_connection import PeerConnectionRule


class WebrtcConnectionLost(PeerConnectionRule):
    """The connection was up, and failed."""

    name = "webrtc-connection-lost"
