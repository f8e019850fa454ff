"""The peer connection of a call was up, and was lost.

What it finds
    The ICE or peer connection state ``failed`` after the connection was up: a state said so, or
    events of the server had come.
Why it matters
    Audio and events stop at once, without a close code. What is sent afterwards throws in the
    client or goes nowhere.
Example
    iceconnectionstatechange	disconnected
    iceconnectionstatechange	failed
What to do
    Watch ``connectionstatechange``, and begin a new call when it says ``failed``; the session is
    gone, its conversation too.
Source
    openai/openai-realtime-console#547; W3C WebRTC 1.0, RTCPeerConnectionState.
"""

from __future__ import annotations

from rtdebug.model.findings import Cause
from rtdebug.rules.webrtc.peer_connection import PeerConnectionRule


class WebrtcConnectionLost(PeerConnectionRule):
    """The connection was up, and failed."""

    name = "webrtc-connection-lost"
    title = "The peer connection was lost"
    causes = (
        Cause("the network changed or went away", "likely",
              "did the device change between Wi-Fi and mobile data, or sleep?"),
        Cause("the server ended the call", "possible",
              "look for the session's age (60 minutes at most) and for an error before it"),
        Cause("a firewall forgot the connection while nothing was sent", "possible",
              "does it happen after silence only?"),
    )  # fmt: skip
    fix = "Begin a new call when the connection state becomes failed, and tell the user."
