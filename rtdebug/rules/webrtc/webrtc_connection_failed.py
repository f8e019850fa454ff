"""The peer connection of a call never came up."""

from __future__ import annotations

from rtdebug.rules.webrtc.peer_connection import PeerConnectionRule


class WebrtcConnectionFailed(PeerConnectionRule):
    """The connection failed before it was up."""

    name = "webrtc-connection-failed"
    lost = False
