"""Opens a client connection step by step, so that the step that failed is known and named."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from rtdebug import __version__
from rtdebug.model.records import Opened, Refused, Step
from rtdebug.wire import limits, tcp
from rtdebug.wire.clock import Stopwatch
from rtdebug.wire.fault import Fault

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from rtdebug.wire.connection import WatchedConnection
    from rtdebug.wire.diagnosis import Attempt
    from rtdebug.wire.forward_proxy import Proxy
    from rtdebug.wire.headers import Header
    from rtdebug.wire.target import Endpoint

# websockets logs keys at DEBUG and errors with tracebacks; this logger has no parent and says
# nothing, whatever the program's logging is set to.
_SILENT = logging.Logger("rtdebug.silent")
_SILENT.disabled = True


class DialOptions(NamedTuple):
    """How to connect; times in seconds, ``max_size`` in bytes.

    ``compression`` is off like in the official SDK; ``"deflate"`` offers permessage-deflate.
    ``ca_file`` adds authorities to the system's own.
    """

    headers: tuple[Header, ...] = ()
    subprotocols: tuple[str, ...] = ()
    ca_file: Path | None = None
    open_timeout: float = 10.0
    close_timeout: float = 2.0
    compression: str | None = None
    ping_interval: float | None = 20.0
    ping_timeout: float | None = 20.0
    max_size: int = limits.MAX_SIZE


class Connected(NamedTuple):
    """An open connection, the record of it, and the watch its times are read from."""

    opened: Opened
    connection: WatchedConnection
    watch: Stopwatch


Dialled: TypeAlias = Connected | Refused


async def dial(target: Endpoint, options: DialOptions | None = None) -> Dialled:
    """An open connection to the target, or the record of why there is none.

    A proxy named in the environment is used, never for loopback; a redirect is never followed.
    Raises UnreadableError for a bad ``ca_file``; nothing about the network raises.
    """
    return await _Call(target, options or DialOptions()).place()


class _Call:
    """One attempt; ``_step`` is the step that is under way."""

    def __init__(self, target: Endpoint, options: DialOptions) -> None:
        self._target = target
        self._options = options
        self._step = Step.NAME
        self._link: WatchedConnection | None = None
        self._addresses: list[tcp.Address] = []
        self._proxy = _proxy_for(target)
        self._now = asyncio.get_running_loop().time

    async def place(self) -> Dialled:
        context = self._context()
        watch = Stopwatch(self._now, self._now())
        try:
            async with asyncio.timeout(self._options.open_timeout):
                connection = await self._connect(context)
        except TimeoutError:
            from rtdebug.wire.diagnosis import refused, too_late

            fault = too_late(self._attempt())
            return refused(fault, watch.at(), self._target.url, self._asked())
        except Fault as failed:
            from rtdebug.wire.diagnosis import refused

            return refused(failed, watch.at(), self._target.url, self._asked())
        return Connected(self._opened(connection), connection, Stopwatch(self._now, self._now()))

    def _asked(self) -> tuple[Header, ...]:
        """The headers of the request, as far as they say who asks."""
        offered = ", ".join(self._options.subprotocols)
        more = (("Sec-WebSocket-Protocol", offered),) if offered else ()
        return (("User-Agent", f"rtdebug/{__version__}"), *self._options.headers, *more)

    def _context(self) -> ssl.SSLContext | None:
        if not self._target.secure:
            return None
        from rtdebug.wire.tls import client_context

        return client_context(self._options.ca_file)

    async def _connect(self, context: ssl.SSLContext | None) -> WatchedConnection:
        keywords: dict[str, Any] = {"proxy": None}
        if context:
            keywords |= {"ssl": context, "server_hostname": self._target.host}
        if self._proxy:
            self._step = Step.PROXY
            return await self._shake_hands(keywords | {"proxy": self._proxy.url})
        self._addresses = await tcp.resolve(self._target)
        self._step = Step.TCP
        sock = await tcp.connect(self._addresses)
        self._step = Step.TLS if context else Step.UPGRADE
        try:
            return await self._shake_hands(keywords | {"sock": sock})
        finally:
            if self._link is None:
                sock.close()

    async def _shake_hands(self, keywords: dict[str, Any]) -> WatchedConnection:
        limits.raise_fragment_limit()
        from websockets.exceptions import InvalidHandshake, InvalidProxy

        from rtdebug.wire.connection import Connector

        options = self._options
        try:
            await Connector(
                self._target.url,
                additional_headers=options.headers,
                subprotocols=options.subprotocols or None,  # type: ignore[arg-type]
                user_agent_header=f"rtdebug/{__version__}",
                compression=options.compression,
                open_timeout=None,
                close_timeout=options.close_timeout,
                ping_interval=options.ping_interval,
                ping_timeout=options.ping_timeout,
                max_size=options.max_size,
                logger=_SILENT,
                create_connection=self._link_factory,  # type: ignore[arg-type]
                **keywords,
            )
        except (OSError, InvalidHandshake, InvalidProxy, ImportError, ValueError) as error:
            from rtdebug.wire.diagnosis import fault_of

            raise fault_of(error, self._attempt()) from error
        assert self._link is not None
        return self._link

    def _link_factory(self, *args: Any, **keywords: Any) -> WatchedConnection:
        """Called when TCP stands; what fails before is the proxy's, what fails later is not."""
        from rtdebug.wire.connection import WatchedConnection

        self._link = WatchedConnection(*args, **keywords)
        return self._link

    def _attempt(self) -> Attempt:
        from rtdebug.wire.diagnosis import Attempt

        link, step = self._link, self._step
        if link is not None:
            step = Step.UPGRADE if link.made else Step.TLS
        return Attempt(
            self._target,
            step,
            self._options.open_timeout,
            tuple(str(address) for address in self._addresses),
            self._proxy,
            bytes(link.head) if link else b"",
            link.broken_by if link else None,
        )

    def _opened(self, connection: WatchedConnection) -> Opened:
        assert connection.request is not None
        sent = [
            (name, value)
            for name, value in connection.request.headers.raw_items()
            if name.lower() != "sec-websocket-key"
        ]
        chosen = connection.subprotocol
        return Opened(
            at=0.0,
            url=self._target.url,
            subprotocol=chosen,
            headers=tuple(sent),
        )


def _proxy_for(target: Endpoint) -> Proxy | None:
    if target.loopback:
        return None
    from rtdebug.wire.forward_proxy import proxy_for

    return proxy_for(target, os.environ)
