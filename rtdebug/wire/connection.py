"""websockets' client connection with what a debugger must see and may not wait for.

Importing this module imports websockets; :mod:`rtdebug.wire.dial` does so when it dials.
"""

from __future__ import annotations

from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.protocol import CLOSING

_HEAD = 32 * 1024
_GRACE = 0.25


class WatchedConnection(ClientConnection):
    """Keeps the first bytes of the answer to the upgrade, and ends a close that never ends.

    The library waits for ever for a server that sends its close frame and keeps the TCP connection;
    here it has a quarter of a second for that, since nothing that still comes would be read.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.head = bytearray()
        self._dropping = False

    @property
    def made(self) -> bool:
        """Whether TCP and, for ``wss``, TLS stand: the upgrade can be sent."""
        return hasattr(self, "transport")

    @property
    def broken_by(self) -> BaseException | None:
        """What broke the connection, None if nothing did (websockets 17 renamed the field)."""
        found: BaseException | None = getattr(self, "connection_exc", None)
        return found or getattr(self, "recv_exc", None)

    def push(self, message: bytes, *, binary: bool) -> None:
        """Hand a message to the transport at once; wait for :meth:`drain` before the next."""
        send = self.protocol.send_binary if binary else self.protocol.send_text
        send(message)
        self.send_data()

    def data_received(self, data: bytes) -> None:
        if self.response is None and len(self.head) < _HEAD:
            self.head += data[:_HEAD]
        super().data_received(data)
        if self.protocol.state is CLOSING and not self._dropping:
            self._drop_soon()

    def _drop_soon(self) -> None:
        protocol = self.protocol
        if protocol.close_rcvd is not None or protocol.parser_exc is not None:
            self._dropping = True
            self.loop.call_later(_GRACE, self.transport.abort)


class Connector(connect):
    """websockets' ``connect`` that follows no redirect: a key goes to the target or nowhere."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc
