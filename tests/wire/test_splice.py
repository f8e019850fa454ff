"""Ends of streams that nobody follows up do not stay for ever."""

import asyncio
import socket

from rtdebug.model.records import Sender
from rtdebug.wire.head_reader import HeadReader
from rtdebug.wire.splice import Splice


class Looker:
    keeps = False

    def __init__(self):
        self.told = []

    def look(self, sender, data):
        self.told.append((sender, data))

    def stalled(self, reader, seconds):
        self.told.append((reader, "stalled"))

    def ended(self, sender, error):
        self.told.append((sender, "ended"))


async def joined(half_open=60.0, looker=None):
    """A splice between two socket pairs; the far ends as streams."""
    loop = asyncio.get_running_loop()
    ends = []
    readers = []
    for _ in range(2):
        near, far = socket.socketpair()
        _, reader = await loop.create_connection(HeadReader, sock=near)
        readers.append(reader)
        ends.append(await asyncio.open_connection(sock=far))
    looker = looker or Looker()
    splice = Splice(*readers, looker, half_open)
    splice.start()
    return splice, looker, *ends


async def over(splice):
    async with asyncio.timeout(5):
        await splice.done


def test_the_end_of_one_stream_is_passed_on_and_the_other_goes_on():
    async def run():
        splice, looker, (app_in, app_out), (server_in, server_out) = await joined()
        app_out.write(b"last words")
        app_out.write_eof()
        heard = await server_in.read()
        server_out.write(b"answer")
        answer = await app_in.readexactly(6)
        server_out.close()
        rest = await app_in.read()
        app_out.close()
        await over(splice)
        return heard, answer, rest, looker.told

    heard, answer, rest, told = asyncio.run(run())
    assert (heard, answer, rest) == (b"last words", b"answer", b"")
    assert told == [
        (Sender.CLIENT, b"last words"), (Sender.CLIENT, "ended"),
        (Sender.SERVER, b"answer"), (Sender.SERVER, "ended"),
    ]  # fmt: skip


def test_a_half_open_connection_that_is_silent_is_dropped():
    async def run():
        splice, _, (app_in, app_out), (server_in, server_out) = await joined(half_open=0.02)
        app_out.write_eof()
        await over(splice)
        ends = await app_in.read(), await server_in.read()
        app_out.close()
        server_out.close()
        return ends

    assert asyncio.run(run()) == (b"", b"")


def test_a_half_open_connection_that_moves_stays():
    async def run():
        splice, _, (app_in, app_out), (_, server_out) = await joined(half_open=0.05)
        app_out.write_eof()
        for _ in range(10):
            server_out.write(b"tick")
            assert await app_in.readexactly(4) == b"tick"
            timer = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_later(0.02, timer.set_result, None)
            await timer
        alive = not splice.done.done()
        server_out.close()
        await over(splice)
        app_out.close()
        return alive

    assert asyncio.run(run())


def test_a_held_splice_reads_nothing_until_it_may_go_on():
    async def run():
        splice, looker, (_, app_out), (server_in, server_out) = await joined()
        splice.hold(True)
        app_out.write(b"hello")
        server_out.write(b"x")
        for _ in range(20):
            await asyncio.sleep(0)
        before = list(looker.told)
        splice.hold(False)
        heard = await server_in.readexactly(5)
        app_out.close()
        server_out.close()
        await over(splice)
        return before, heard

    assert asyncio.run(run()) == ([], b"hello")


class Keeper(Looker):
    """Notes what has arrived at the far end of the server when it is shown something."""

    keeps = True

    def __init__(self):
        super().__init__()
        self.far = None

    def look(self, sender, data):
        try:
            arrived = self.far.recv(100, socket.MSG_PEEK)
        except BlockingIOError:
            arrived = b""
        self.told.append((data, arrived))


def test_who_keeps_is_shown_the_bytes_before_anyone_has_them():
    async def run(looker):
        splice, _, (_, app_out), (server_in, server_out) = await joined(looker=looker)
        sock = server_out.get_extra_info("socket")
        looker.far = socket.socket(fileno=sock.fileno())
        app_out.write(b"hello")
        heard = await server_in.readexactly(5)
        looker.far.detach()
        app_out.close()
        server_out.close()
        await over(splice)
        return heard, looker.told[0]

    for keeps, arrived in ((True, b""), (False, b"hello")):
        looker = Keeper()
        looker.keeps = keeps
        assert asyncio.run(run(looker)) == (b"hello", (b"hello", arrived))
