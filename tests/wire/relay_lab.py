"""A relay on the loopback between a test's client and a test's server."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from websockets.asyncio.server import serve

from rtdebug.engine.session import Session
from rtdebug.packs.load import load_pack
from rtdebug.wire.audience import Audience
from rtdebug.wire.listen import ListenOptions, listen
from rtdebug.wire.relay_options import RelayOptions
from rtdebug.wire.upstream import parse_upstream


@dataclass
class Seen:
    """What one connection showed."""

    arrival: object
    written: list = field(default_factory=list)
    shown: list = field(default_factory=list)
    found: list = field(default_factory=list)
    ending: object = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def write_all(self, records):
        for record in records:
            self.write(record)

    def write(self, record):
        self.written.append(record)

    def accept(self, record, findings):
        self.shown.append((record, findings))

    def end(self, ending):
        self.ending = ending
        self.over.set()

    def texts(self, sender):
        """The messages of a sender as they crossed."""
        return [
            getattr(record, "text", None) if hasattr(record, "text") else record.data
            for record in self.written
            if getattr(record, "sender", None) == sender and hasattr(record, "seq")
        ]

    def last(self):
        return self.written[-1]


@dataclass
class Lab:
    """A running relay."""

    host: str
    port: int
    connections: list
    notes: list
    stop: asyncio.Event
    task: asyncio.Task

    @property
    def url(self):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"ws://{host}:{self.port}"

    async def over(self, count=1):
        """Wait until ``count`` connections have been told over; the last of them."""
        async with asyncio.timeout(5):
            while len(self.connections) < count:
                await asyncio.sleep(0)
            for seen in self.connections[:count]:
                await seen.over.wait()
        return self.connections[count - 1]


@asynccontextmanager
async def relaying(
    upstream, *, host="127.0.0.1", port=0, session=None, options=None, on_connection=None, **more
):
    """A relay to the URL ``upstream`` until the block is left."""
    connections, notes, stop = [], [], asyncio.Event()
    address = asyncio.get_running_loop().create_future()

    def watched(arrival):
        seen = Seen(arrival)
        connections.append(seen)
        judge = session() if session else Session(load_pack(), [])
        return Audience(judge, (seen,), (seen,), seen.found.extend, seen.end)

    relay = RelayOptions(parse_upstream(upstream), on_connection or watched, notes.append, **more)
    task = asyncio.ensure_future(
        listen(host, port, relay, options or ListenOptions(), stop=stop,
               ready=lambda *where: address.set_result(where))
    )  # fmt: skip
    await asyncio.wait({task, address}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    bound = address.result()
    try:
        lab = Lab(bound[0], bound[1], connections, notes, stop, task)
        yield lab
    finally:
        stop.set()
        await lab.task


@asynccontextmanager
async def websocket_server(handler, **options):
    """A server of the websockets library; yields its URL."""
    options = {"compression": None, "max_size": None} | options
    async with serve(handler, "127.0.0.1", 0, **options) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}"


@asynccontextmanager
async def raw_server(answer):
    """A TCP server whose connections run ``answer(reader, writer)``; yields its URL."""

    async def handle(reader, writer):
        try:
            await answer(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def echo(connection):
    """A handler that sends back what it gets."""
    async for message in connection:
        await connection.send(message)


async def ask(lab, head, body=b""):
    """Send a raw request to the relay; everything that comes back."""
    reader, writer = await asyncio.open_connection(lab.host, lab.port)
    writer.write(head.replace("\n", "\r\n").encode() + b"\r\n" + body)
    try:
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()
