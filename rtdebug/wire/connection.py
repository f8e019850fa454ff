"""websockets' client connection with what a debugger must see and may not wait for.

Importing this module imports websockets; :mod:`rtdebug.wire.dial` does so when it dials.
"""

from __future__ import annotations

from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.protocol import CLOSING

_HEAD = 32 * 1024


class WatchedConnection(ClientConnection):
    """Keeps the first bytes of the answer to the upgrade, and ends a close that never ends.

    The library waits for ever for a server that sends its close frame and keeps the TCP connection;
    here the connection is dropped ``close_timeout`` seconds after the first close frame.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.head = bytearray()
        self._dropping = False

    @property
    def made(self) -> bool:
        """Whether TCP and, for ``wss``, TLS stand: the upgrade can be sent."""
        return hasattr(self, "transport")

    def data_received(self, data: bytes) -> None:
        if self.response is None and len(self.head) < _HEAD:
            self.head += data[:_HEAD]
        super().data_received(data)
        if self.protocol.state is CLOSING and not self._dropping:
            self._dropping = True
            self.loop.call_later(self.close_timeout or 0.0, self.transport.abort)


class Connector(connect):
    """websockets' ``connect`` that follows no redirect: a key goes to the target or nowhere."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc
