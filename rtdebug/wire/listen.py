"""A relay's listening port, from binding to the last connection's end."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rtdebug.errors import UsageError
from rtdebug.safe import one_line
from rtdebug.wire.answers import refusal_bytes
from rtdebug.wire.descriptors import room_for_connections
from rtdebug.wire.guard import Refusal, guard_for
from rtdebug.wire.head_reader import SHUTDOWN, HeadReader
from rtdebug.wire.relay import Relay
from rtdebug.wire.relay_options import RelayOptions

MOST_CONNECTIONS = 1000
_MOST_TURNED_AWAY = 256  # that are being told why, at the same time
_RETRY_AFTER = 5
_BACKLOG = 1024  # sockets that may wait to be accepted
_MOST_ACCEPTED = 64  # of them at once, before anything is made of them
_SHORT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_TLS_HANDSHAKE = 10.0
_FLUSH = 0.5  # seconds that open connections get to send what they hold at the end


@dataclass(frozen=True, slots=True)
class ListenOptions:
    """Where and for whom to listen.

    ``exposed`` allows more than the loopback. ``hosts`` are further names of this machine,
    ``origins`` web origins whose pages may connect. ``context`` is for TLS to the app. ``most`` is
    how many connections may be open at once.
    """

    exposed: bool = False
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    context: ssl.SSLContext | None = None
    most: int = MOST_CONNECTIONS


async def listen(
    host: str,
    port: int,
    relay: RelayOptions,
    options: ListenOptions | None = None,
    *,
    stop: asyncio.Event,
    ready: Callable[[str, int], None] = lambda host, port: None,
) -> None:
    """Relay whoever connects to ``host:port`` until ``stop`` is set.

    ``ready`` is called with the address when connections are taken; port 0 picks a free one. At the
    end every open connection's record is finished and its audience told before this returns, also
    when it is cancelled. Raises UsageError when the port cannot be had, and at the end the first
    bug that ended a connection.
    """
    options = options or ListenOptions()
    refuse_exposure(host, options.exposed)
    door = _Door(relay, options)
    server = await _bind(door, host, port, options.context)
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(door.trouble)
    try:
        address, bound = server.sockets[0].getsockname()[:2]
        _refuse_circle(relay, host, bound)
        door.open()
        await server.start_serving()
        _let_more_wait(server)
        ready(address, bound)
        await stop.wait()
    finally:
        server.close()
        await door.close()
        loop.set_exception_handler(before)
    door.raise_failure()


class _Door:
    """Lets sockets in, and out at the end."""

    def __init__(self, relay: RelayOptions, options: ListenOptions) -> None:
        self._options = options
        self._relay_options = relay
        self._relay: Relay | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._turned_away: set[asyncio.Task[None]] = set()
        self._most_turned_away = _MOST_TURNED_AWAY
        self._most, self._why = options.most, "--max-connections"
        room = room_for_connections()
        if room < self._most:
            self._most, self._most_turned_away = room, max(1, room // 2)
            self._why = "the system lets this process open no more files; see ulimit -n"
        self.batch = max(1, min(_MOST_ACCEPTED, room // 4))
        self._short = False

    def trouble(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What goes wrong where nobody waits for it, such as accepting a socket."""
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in _SHORT:
            loop.default_exception_handler(context)
        elif not self._short:
            self._short = True
            said = one_line(error.strerror or "", 60)
            self._relay_options.on_note(f"whoever connects now has to wait: {said} (ulimit -n)")

    def open(self) -> None:
        """From now on sockets may come."""
        options = self._options
        guard = guard_for(
            exposed=options.exposed,
            hosts=options.hosts,
            origins=options.origins,
        )
        self._relay = Relay(self._relay_options, guard)

    def enter(self, app: HeadReader) -> None:
        """A socket has been accepted."""
        assert self._relay is not None
        if len(self._tasks) >= self._most:
            self._turn_away(app)
            return
        task = asyncio.ensure_future(self._relay.serve(app))
        self._tasks.add(task)
        task.add_done_callback(self._leave)

    def _turn_away(self, app: HeadReader) -> None:
        """No place is free. An app may have written already: it is heard out, or the answer would
        be lost in a reset."""
        text = f"{self._most} connections are open already, which is the most ({self._why})"
        self._relay_options.on_note(f"turned away (503): {text}")
        hint = "end some of them, or start rtdebug with a larger --max-connections"
        said = refusal_bytes(Refusal(503, "too-many-connections", text, hint, _RETRY_AFTER))
        if len(self._turned_away) >= self._most_turned_away:
            app.transport.write(said)
            app.transport.close()
            return
        task = asyncio.ensure_future(app.say_last(said))
        self._turned_away.add(task)
        task.add_done_callback(self._turned_away.discard)

    def _leave(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        bug = None if task.cancelled() else task.exception()
        if bug is not None and self._relay is not None:
            self._relay.traffic.failed(bug)

    def raise_failure(self) -> None:
        """Raises the first bug there was."""
        if self._relay is not None and self._relay.traffic.failures:
            raise self._relay.traffic.failures[0]

    async def close(self) -> None:
        """End what is open; every record is finished when this returns."""
        if self._relay is None:
            return
        self._relay.traffic.stop()
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=_FLUSH)
        finally:
            self._relay.traffic.drop()
            left = {*self._tasks, *self._turned_away}
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)


def refuse_exposure(
    host: str,
    allowed: bool,
    risk: str = "whoever reaches this port could use the keys that pass through it",
) -> None:
    """Raises UsageError for a host that is not the loopback, unless that is ``allowed``."""
    if allowed or is_loopback(host):
        return
    raise UsageError(
        f"expected a loopback address to listen on, such as 127.0.0.1, got {one_line(host, 60)!r}: "
        f"{risk}",
        "listen on 127.0.0.1 or ::1, or add --dangerously-bind",
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a port on ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _refuse_circle(relay: RelayOptions, host: str, port: int) -> None:
    target = relay.upstream.target
    if target.loopback and is_loopback(host) and target.port == port:
        raise UsageError(
            f"expected an upstream other than this relay itself, got {target.address} for both",
            "listen on another port than the server's",
        )


def _let_more_wait(server: asyncio.Server) -> None:
    """asyncio accepts as many sockets at once as may wait: the one is to be few, the other many."""
    with socket.socket(fileno=os.dup(server.sockets[0].fileno())) as same:
        same.listen(_BACKLOG)


async def _bind(
    door: _Door, host: str, port: int, context: ssl.SSLContext | None
) -> asyncio.Server:
    # "localhost" can be two addresses, and port 0 two ports: one is enough to be told.
    address = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        return await asyncio.get_running_loop().create_server(
            lambda: HeadReader(door.enter),
            address,
            port,
            ssl=context,
            backlog=door.batch,
            start_serving=False,
            ssl_handshake_timeout=_TLS_HANDSHAKE if context else None,
            ssl_shutdown_timeout=SHUTDOWN if context else None,
        )
    except (OSError, OverflowError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"cannot listen on {one_line(host, 60)}:{port}: {one_line(said, 120)}",
            "choose another port, or end the program that uses this one",
        ) from None
