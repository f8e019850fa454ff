"""Opens the bare byte stream to a relay's upstream, step by step, so that a failure has a name."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Callable
from typing import Any, TypeVar

from rtdebug.model.records import Step
from rtdebug.wire import forward_proxy, tcp, tls
from rtdebug.wire.fault import Fault
from rtdebug.wire.head_reader import SHUTDOWN
from rtdebug.wire.lateness import late
from rtdebug.wire.target import Endpoint

P = TypeVar("P", bound=asyncio.BaseProtocol)


async def reach(
    target: Endpoint,
    make: Callable[[], P],
    *,
    context: ssl.SSLContext | None,
    within: float,
) -> P:
    """The protocol that ``make`` makes, connected; raises Fault with the step that failed.

    ``context`` is for TLS, None for plain TCP; ``within`` is in seconds.
    """
    steps = _Steps(target, context)
    try:
        async with asyncio.timeout(within):
            return await steps.take(make)
    except TimeoutError:
        raise late(target, steps.step, within, steps.addresses, steps.proxy) from None


class _Steps:
    """One attempt; ``step`` is the one that is under way."""

    def __init__(self, target: Endpoint, context: ssl.SSLContext | None) -> None:
        self.step = Step.NAME
        self.addresses: tuple[str, ...] = ()
        self.proxy = forward_proxy.proxy_for(target, os.environ)
        self._target = target
        self._context = context

    async def take(self, make: Callable[[], P]) -> P:
        if self.proxy:
            self.step = Step.PROXY
            return await self._through(self.proxy, make)
        addresses = await tcp.resolve(self._target)
        self.addresses = tuple(map(str, addresses))
        self.step = Step.TCP
        sock = await tcp.connect(addresses)
        self.step = Step.TLS if self._context else Step.TCP
        try:
            return await self._on(sock, make)
        except OSError as error:
            sock.close()
            raise self._no_tls(error) from error
        except BaseException:
            sock.close()
            raise

    async def _on(self, sock: socket.socket, make: Callable[[], P]) -> P:
        name = self._target.host if self._context else None
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_connection(
            make,
            sock=sock,
            ssl=self._context,
            server_hostname=name,
            ssl_shutdown_timeout=SHUTDOWN if self._context else None,
        )
        return protocol

    def _no_tls(self, error: OSError) -> Fault:
        return Fault(self.step, tls.explain(error, self._target.address, self._target.host))

    async def _through(self, proxy: forward_proxy.Proxy, make: Callable[[], P]) -> P:
        """A tunnel through a proxy, made by the websockets library."""
        from websockets.asyncio import client
        from websockets.exceptions import InvalidHandshake, InvalidProxy
        from websockets.proxy import parse_proxy
        from websockets.uri import parse_uri

        uri = parse_uri(self._target.url)
        try:
            parsed = parse_proxy(proxy.url)
            if parsed.scheme.startswith("socks"):
                sock = await client.connect_socks_proxy(parsed, uri)
                self.step = Step.TLS if self._context else Step.PROXY
                return await self._on(sock, make)
            to_proxy: dict[str, Any] = {}
            if parsed.scheme == "https":
                to_proxy["ssl"] = ssl.create_default_context()
            transport = await client.connect_http_proxy(parsed, uri, **to_proxy)
            self.step = Step.TLS if self._context else Step.PROXY
            return await self._inside(transport, make)
        except (OSError, InvalidHandshake, InvalidProxy, ImportError, ValueError) as error:
            if self.step is Step.TLS and isinstance(error, OSError):
                raise self._no_tls(error) from error
            said = forward_proxy.explain(error, proxy, self._target)
            raise Fault(Step.PROXY, said) from error

    async def _inside(self, transport: asyncio.Transport, make: Callable[[], P]) -> P:
        protocol = make()
        transport.set_protocol(protocol)
        inner: asyncio.Transport | None = transport
        if self._context:
            loop = asyncio.get_running_loop()
            try:
                inner = await loop.start_tls(
                    transport,
                    protocol,
                    self._context,
                    server_hostname=self._target.host,
                    ssl_shutdown_timeout=SHUTDOWN,
                )
            except BaseException:
                transport.abort()
                raise
        assert inner is not None
        protocol.connection_made(inner)
        return protocol
