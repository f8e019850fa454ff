"""Calls over WebRTC and SIP: the request that begins one, the peer connection, its data channel."""
