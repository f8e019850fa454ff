"""How much a peer may send: raised above the library's defaults, and still bounded."""

from __future__ import annotations

import os

MAX_SIZE = 64 * 1024 * 1024
"""The largest message in bytes; what is larger is refused with close code 1009."""

MAX_FRAGMENTS = 1024 * 1024
"""The most pieces a message may come in."""


def raise_fragment_limit() -> None:
    """Let a message have more than websockets' 4,096 fragments.

    That limit has no parameter: websockets reads WEBSOCKETS_MAX_FRAGMENTS when it is imported. It
    is set here instead, so that it also holds when someone else imported websockets first and no
    program started from here inherits a variable. A user's own setting stands.
    """
    if "WEBSOCKETS_MAX_FRAGMENTS" in os.environ:
        return
    from websockets.asyncio import messages

    messages.MAX_FRAGMENTS = MAX_FRAGMENTS
