"""A fresh socket whose HTTP head has not come yet; it waits for whoever takes the socket over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rtdebug.wire.http_head import END, MAX_HEAD, BadHead

_TLS = b"\x16\x03"  # a handshake record of any version (RFC 8446, 5.1)
SHUTDOWN = 2.0
"""Seconds that the other end of a TLS connection gets to say goodbye."""


class HeadReader(asyncio.Protocol):
    """Collects bytes up to the blank line and then stops reading.

    What came after the head stays in ``rest`` for the one who takes over. ``connected`` is called
    when the socket stands.
    """

    transport: asyncio.Transport

    def __init__(self, connected: Callable[[HeadReader], None] | None = None) -> None:
        self._connected = connected
        self.rest = b""
        self.ended = False  # the other end has sent its last byte
        self.lost = False
        self.error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def head(self) -> bytes:
        """The next head with its blank line, or b"" when the stream ends before it.

        Raises BadHead when it is too large, or the other end speaks TLS.
        """
        while True:
            end = self.rest.find(END)
            if end >= 0:
                stop = end + len(END)
                head, self.rest = self.rest[:stop], self.rest[stop:]
                return head
            if self.rest.startswith(_TLS):
                raise BadHead(
                    "expected HTTP, got the first bytes of TLS: this port takes ws: and http:, "
                    "and wss: and https: only with --tls"
                )
            if len(self.rest) > MAX_HEAD:
                raise BadHead(f"expected a head of at most {MAX_HEAD} bytes, got more", 431)
            if self.ended or self.lost:
                return b""
            await self._more()

    async def say_last(self, data: bytes, patience: float = 1.0) -> None:
        """Send the last there is to say and close. What the other end still sends is let go for
        ``patience`` seconds: closing with unread bytes would reset what was said last."""
        if self.lost:
            return
        self.transport.write(data)
        try:
            if self.transport.can_write_eof():
                self.transport.write_eof()
            async with asyncio.timeout(patience):
                while not self.ended and not self.lost:
                    self.rest = b""
                    await self._more()
        except (TimeoutError, OSError):
            pass
        finally:
            self.transport.close()

    async def _more(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        self.transport.resume_reading()
        try:
            await self._waiter
        finally:
            self._waiter = None

    # -- asyncio.Protocol --------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.pause_reading()
        if self._connected:
            self._connected(self)

    def data_received(self, data: bytes) -> None:
        self.rest += data
        self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        self.ended = True
        self._wake()
        return self.transport.get_extra_info("sslcontext") is None  # TLS cannot be half open

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost, self.error = True, exc
        self._wake()

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)
