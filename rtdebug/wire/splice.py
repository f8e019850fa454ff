"""Two sockets joined: what one reads is written to the other, and an onlooker is shown a copy.

Nothing here knows WebSocket. A slow reader slows the other side's writer, the end of a stream is
passed on as the end of a stream, and no byte is altered, added or left out.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Protocol

from rtdebug.model.records import Sender
from rtdebug.wire.head_reader import HeadReader

_CHUNK = 256 * 1024
_HIGH_WATER = 256 * 1024  # bytes that wait for a slow reader before the other side is paused
HALF_OPEN = 60.0
"""Seconds of silence after which a connection with one end gone is dropped, as the kernel does."""
_GOODBYE = 5.0  # seconds for both ends to hang up when all has been said


class _Room(threading.local):
    """What a socket is read into: one for all of a thread, as it is copied in the same call. The
    proxies of two threads read at once."""

    def __init__(self) -> None:
        self.buffer = memoryview(bytearray(_CHUNK))


_ROOM = _Room()


class Onlooker(Protocol):
    """Who is shown a copy of what passes."""

    @property
    def keeps(self) -> bool:
        """Whether it writes down what it sees: then it is shown the bytes just before they are
        passed on, so that nobody can have seen what is not on record, whatever happens next."""

    def look(self, sender: Sender, data: bytes) -> None:
        """``data`` was sent by ``sender``; unless the onlooker keeps, it has been passed on."""

    def stalled(self, reader: Sender, seconds: float) -> None:
        """``reader`` took nothing for so long, and the other side was held back."""

    def ended(self, sender: Sender, error: Exception | None) -> None:
        """``sender`` has sent its last byte; ``error`` if the connection broke."""


class Side(asyncio.BufferedProtocol):
    """One of the two sockets."""

    other: Side

    def __init__(self, sender: Sender, splice: Splice, transport: asyncio.Transport) -> None:
        self.sender = sender
        self.transport = transport
        self.finished = False  # it has sent its last byte
        self.lost = False
        self.tls = transport.get_extra_info("sslcontext") is not None
        self.rewrite: Callable[[Side, bytes], bytes] | None = None  # for a head before the rest
        self._splice = splice
        self._buffer = _ROOM.buffer
        self._onlooker = splice.onlooker
        self._shown_first = splice.onlooker.keeps
        self._full_since: float | None = None  # since when the other socket takes nothing more
        transport.set_write_buffer_limits(_HIGH_WATER)

    def carry(self, data: bytes) -> None:
        """Pass on what this side has sent, and show it."""
        if self.rewrite:
            data = self.rewrite(self, data)
        if self._shown_first:
            self._onlooker.look(self.sender, data)
        out = self.other.transport
        if not out.is_closing():
            out.write(data)
        if not self._shown_first:
            self._onlooker.look(self.sender, data)

    def pace(self) -> None:
        """Read on, or not: nobody reads what cannot be passed on or looked at any more."""
        if self._full_since is not None or self._splice.held:
            self.transport.pause_reading()
        elif not self.finished:
            self.transport.resume_reading()

    # -- asyncio.BufferedProtocol ------------------------------------------------------------

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._splice.moved = True
        self.carry(bytes(self._buffer[:nbytes]))

    def eof_received(self) -> bool:
        self._splice.finish(self, None)
        return not self.tls

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self.stop_waiting()
        self._splice.finish(self, exc)
        self._splice.lose(self)

    def pause_writing(self) -> None:
        self.other.wait_for_reader()

    def resume_writing(self) -> None:
        self.other.stop_waiting()

    def wait_for_reader(self) -> None:
        """The other socket takes no more for now."""
        self._full_since = self._splice.now()
        self.pace()

    def stop_waiting(self) -> None:
        """The other socket takes more again, or it does not matter any more."""
        if self._full_since is not None:
            seconds = self._splice.now() - self._full_since
            self._full_since = None
            self._onlooker.stalled(self.other.sender, seconds)
            self.pace()


class Splice:
    """Joins an app's socket and a server's; ``done`` is set when both are gone."""

    def __init__(
        self,
        app: HeadReader,
        server: HeadReader,
        onlooker: Onlooker,
        half_open: float = HALF_OPEN,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.onlooker = onlooker
        self.held = False
        self.moved = False
        self.done: asyncio.Future[None] = loop.create_future()
        self.now: Callable[[], float] = loop.time
        self._loop = loop
        self._half_open = half_open
        self._timer: asyncio.TimerHandle | None = None
        self._hanging_up: asyncio.TimerHandle | None = None
        self._app, self._server = app, server
        self.app = Side(Sender.CLIENT, self, app.transport)
        self.server = Side(Sender.SERVER, self, server.transport)
        self.app.other, self.server.other = self.server, self.app

    def start(self) -> None:
        """Take the sockets over, with what has been read of them beyond the heads."""
        sides = ((self.app, self._app), (self.server, self._server))
        for side, reader in sides:
            reader.transport.set_protocol(side)
        for side, reader in sides:
            if reader.rest:
                side.carry(reader.rest)
            if reader.lost:
                side.connection_lost(reader.error)
            elif reader.ended:
                side.eof_received()
            side.pace()

    def hold(self, held: bool) -> None:
        """Stop reading both sides, or go on: whoever looks cannot keep up."""
        self.held = held
        self.app.pace()
        self.server.pace()

    def hang_up(self) -> None:
        """All has been said; whoever does not hang up soon is hung up on."""
        self._hanging_up = self._loop.call_later(_GOODBYE, self.drop)

    def close(self) -> None:
        """End both connections when what they hold is sent; no close frame is made up."""
        self.app.transport.close()
        self.server.transport.close()

    def close_soon(self) -> None:
        """The same, when what is being carried at this moment has been written."""
        self._loop.call_soon(self.close)

    def drop(self) -> None:
        """End both connections now."""
        self.app.transport.abort()
        self.server.transport.abort()

    def finish(self, side: Side, error: Exception | None) -> None:
        """``side`` has sent its last byte; so has this relay then, to the other."""
        if side.finished:
            return
        side.finished = True
        self.onlooker.ended(side.sender, error)
        out = side.other.transport
        if out.is_closing():
            return
        if side.lost or side.other.finished or not out.can_write_eof():
            out.close()
            if side.other.finished and not side.lost:
                side.transport.close()
        else:
            try:
                out.write_eof()
            except OSError:  # it has been reset already, which will be told in a moment
                out.abort()
            self._watch_half_open()

    def lose(self, side: Side) -> None:
        """The socket of ``side`` is gone."""
        if side.other.lost:
            for timer in (self._timer, self._hanging_up):
                if timer:
                    timer.cancel()
            if not self.done.done():
                self.done.set_result(None)
            return
        side.other.transport.close()
        self._watch_half_open()

    def _watch_half_open(self) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(self._half_open, self._still_half_open)

    def _still_half_open(self) -> None:
        self._timer = None
        if self.moved:
            self.moved = False
            self._watch_half_open()
        else:
            self.drop()
