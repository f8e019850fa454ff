"""Waits until a server takes connections, as one that is still starting does not."""

from __future__ import annotations

import asyncio

from rtdebug.wire.fault import Fault
from rtdebug.wire.reach import reach
from rtdebug.wire.target import Endpoint

_PAUSE = 0.1
_ATTEMPT = 5.0


async def wait_for_server(target: Endpoint, seconds: float) -> bool:
    """Whether it took a TCP connection within so many seconds; the connection is closed again."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        within = max(min(_ATTEMPT, end - loop.time()), 0.001)
        try:
            protocol = await reach(target, _Knock, context=None, within=within)
        except (Fault, OSError):
            if loop.time() + _PAUSE >= end:
                return False
            await asyncio.sleep(_PAUSE)
        else:
            protocol.leave()
            return True


class _Knock(asyncio.Protocol):
    """Says nothing."""

    _transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def leave(self) -> None:
        """Hangs up."""
        if self._transport is not None:
            self._transport.close()
