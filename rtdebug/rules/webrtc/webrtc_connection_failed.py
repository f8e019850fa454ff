"""The peer connection of a call never came up.

What it finds
    The ICE or peer connection state ``failed`` that no connected state and no event came before.
Why it matters
    The SDP exchange succeeded, so the app believes in a call; no audio and no event can pass.
Example
    iceConnectionState: checking
    iceConnectionState: failed
What to do
    Open UDP towards the server, or route media through TURN over TCP 443; try another network.
Source
    W3C WebRTC 1.0, RTCIceConnectionState; RFC 8445.
"""

from __future__ import annotations

from rtdebug.model.findings import Cause
from rtdebug.rules.webrtc.peer_connection import PeerConnectionRule


class WebrtcConnectionFailed(PeerConnectionRule):
    """The connection failed before it was up."""

    name = "webrtc-connection-failed"
    title = "The peer connection never came up"
    lost = False
    causes = (
        Cause("a firewall or proxy blocks UDP", "likely",
              "make the call from another network, such as a phone's"),
        Cause("the remote description was set too late or never", "possible",
              "does setRemoteDescription resolve before the state changes?"),
        Cause("a VPN or a virtual machine offers only unreachable addresses", "possible",
              "read the candidate pairs in chrome://webrtc-internals"),
    )  # fmt: skip
    fix = (
        "Let UDP through to the server, or use a TURN server over TCP; the events need it as well."
    )
