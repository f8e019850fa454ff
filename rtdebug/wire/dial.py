"""Opens a client connection step by step, so that the step that failed is known and named."""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from rtdebug import __version__
from rtdebug.model.records import Opened, Refused, Step
from rtdebug.redaction import DEFAULT, Redactor
from rtdebug.wire import forward_proxy, limits, tcp, tls, upgrade
from rtdebug.wire.answer import MAX_BODY, Answer, body_text, read_answer
from rtdebug.wire.clock import Stopwatch
from rtdebug.wire.fault import Fault
from rtdebug.wire.headers import Header
from rtdebug.wire.target import Target, shown

if TYPE_CHECKING:
    import ssl

    from rtdebug.wire.connection import WatchedConnection

# websockets logs keys at DEBUG and errors with tracebacks; this logger has no parent and says
# nothing, whatever the program's logging is set to.
_SILENT = logging.Logger("rtdebug.silent")
_SILENT.disabled = True


@dataclass(frozen=True, slots=True)
class DialOptions:
    """How to connect; times in seconds, ``max_size`` in bytes.

    ``compression`` is off like in the official SDK; ``"deflate"`` offers permessage-deflate.
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


@dataclass(frozen=True, slots=True)
class Connected:
    """An open connection, the record of it, and the watch its times are read from."""

    opened: Opened
    connection: WatchedConnection
    watch: Stopwatch


Dialled: TypeAlias = Connected | Refused


async def dial(
    target: Target, options: DialOptions | None = None, redactor: Redactor = DEFAULT
) -> Dialled:
    """An open connection to the target, or the record of why there is none.

    Raises UnreadableError for a bad ``ca_file``; nothing else about the network raises.
    """
    call = _Call(target, options or DialOptions(), redactor)
    return await call.place()


class _Call:
    """One attempt; ``_step`` is the step that is under way."""

    def __init__(self, target: Target, options: DialOptions, redactor: Redactor) -> None:
        self._target = target
        self._options = options
        self._redactor = redactor
        self._step = Step.NAME
        self._link: WatchedConnection | None = None
        self._addresses: list[tcp.Address] = []
        self._proxy = forward_proxy.proxy_for(target, os.environ)
        self._now = asyncio.get_running_loop().time
        self._watch = Stopwatch(self._now, self._now())

    async def place(self) -> Dialled:
        context = tls.client_context(self._options.ca_file) if self._target.secure else None
        try:
            async with asyncio.timeout(self._options.open_timeout):
                connection = await self._connect(context)
        except TimeoutError:
            return self._refused(Fault(self._reached(), self._too_late()))
        except Fault as fault:
            return self._refused(fault)
        return Connected(self._opened(connection), connection, Stopwatch(self._now, self._now()))

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
            raise self._fault(error) from error
        assert self._link is not None
        return self._link

    def _link_factory(self, *args: Any, **keywords: Any) -> WatchedConnection:
        """Called when TCP stands; what fails before is the proxy's, what fails later is not."""
        from rtdebug.wire.connection import WatchedConnection

        self._link = WatchedConnection(*args, **keywords)
        return self._link

    def _reached(self) -> Step:
        if self._link is None:
            return self._step
        return Step.UPGRADE if self._link.made else Step.TLS

    def _fault(self, error: Exception) -> Fault:
        step = self._reached()
        if step is Step.PROXY and self._proxy:
            return Fault(step, forward_proxy.explain(error, self._proxy, self._target))
        if step is Step.TLS and isinstance(error, OSError):
            return Fault(step, tls.explain(error, self._target.address, self._target.host))
        return self._bad_upgrade(error)

    def _bad_upgrade(self, error: Exception) -> Fault:
        head = bytes(self._link.head) if self._link else b""
        response = getattr(error, "response", None)
        if response is not None:
            headers = tuple(response.headers.raw_items())
            body = body_text(bytes(response.body))
            answer = Answer(response.status_code, response.reason_phrase, headers, body)
        else:
            found = read_answer(head)
            if found is None or found.status == 101:
                return self._no_answer(error, head, found)
            answer = found
        return Fault(Step.UPGRADE, upgrade.refused(answer, self._url), answer)

    def _no_answer(self, error: Exception, head: bytes, found: Answer | None) -> Fault:
        import ssl

        ended = getattr(self._link, "connection_exc", None)
        if isinstance(ended, ssl.SSLError):  # TLS 1.3 refuses a client after its own handshake
            return Fault(Step.TLS, tls.explain(ended, self._target.address, self._target.host))
        if head:
            return Fault(Step.UPGRADE, upgrade.broken(head, error, self._url), found)
        how = "reset" if isinstance(ended, ConnectionError) else "closed"
        return Fault(Step.UPGRADE, upgrade.unanswered(how, self._target.secure, self._url))

    def _too_late(self) -> str:
        seconds = self._options.open_timeout
        step = self._reached()
        if step is Step.UPGRADE:
            head = bytes(self._link.head) if self._link else b""
            return upgrade.stalled(head, seconds, self._url)
        tried = {
            Step.NAME: f"Looked up {self._target.host}, expected an address",
            Step.PROXY: f"Went through the proxy {self._proxy.shown if self._proxy else ''}",
            Step.TCP: f"Tried to connect to {', '.join(map(str, self._addresses))}",
            Step.TLS: f"Started TLS with {self._target.address}, expected an answer",
        }[step]
        return (
            f"{tried}, but nothing came within {seconds:g} s; check the address, "
            f"and firewalls, VPNs and proxies on the way."
        )

    @property
    def _url(self) -> str:
        return shown(self._target.url)

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
            url=self._redactor.text(self._target.url),
            subprotocol=None if chosen is None else self._redactor.text(chosen),
            headers=self._redactor.headers(sent),
        )

    def _refused(self, fault: Fault) -> Refused:
        answer = fault.answer
        return Refused(
            at=self._watch.at(),
            step=fault.step,
            text=self._redactor.text(fault.text),
            url=self._redactor.text(self._target.url),
            status=answer.status if answer else None,
            headers=self._redactor.headers(answer.headers) if answer else (),
            body=self._redactor.text(answer.body)[:MAX_BODY] if answer else "",
        )
