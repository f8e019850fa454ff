"""How much a peer may send: raised above the library's defaults, and still bounded."""

from __future__ import annotations

import os

MAX_SIZE = 64 * 1024 * 1024
"""The largest message in bytes; what is larger is refused with close code 1009."""

_FRAGMENTS = "WEBSOCKETS_MAX_FRAGMENTS"
_MANY_FRAGMENTS = str(1024 * 1024)


def raise_fragment_limit() -> None:
    """Let a message have more than 4,096 fragments; call it before anything of websockets.

    websockets reads the limit from the environment when it is imported. The variable is taken
    away again so that programs started from here keep their own default.
    """
    if _FRAGMENTS in os.environ:
        return
    os.environ[_FRAGMENTS] = _MANY_FRAGMENTS
    try:
        import websockets.asyncio.messages  # noqa: F401
    finally:
        del os.environ[_FRAGMENTS]
