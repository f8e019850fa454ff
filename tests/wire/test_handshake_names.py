"""A handshake that fails has one name, whether a client or a relay met it."""

import asyncio
import contextlib
import socket

import pytest
from conversations import pack
from relay_lab import ask, raw_server, relaying

from rtdebug.engine.session import Session
from rtdebug.model.records import Refused, Step
from rtdebug.rules.registry import RULES
from rtdebug.wire.dial import DialOptions, dial
from rtdebug.wire.target import parse_target

WITHIN = 0.3


async def goes(reader, writer):
    await reader.readuntil(b"\r\n\r\n")


async def goes_in_the_middle(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 101 Switching Pro")


async def says_nothing(reader, writer):
    await reader.read()


async def drips(reader, writer):
    writer.write(b"HTTP/1.1 1")
    await reader.read()


def named(record):
    judge = Session(pack(), RULES)
    judge.observe(record)
    (found,) = judge.finish().findings
    return found.name


async def refused_by(url):
    """The records of a client and of a relay that go there."""
    options = DialOptions(open_timeout=WITHIN)
    called = await dial(parse_target(f"{url}/v1/realtime"), options)
    async with relaying(url, handshake=WITHIN) as lab:
        head = f"GET /v1/realtime HTTP/1.1\nHost: {lab.host}:{lab.port}\nUpgrade: websocket\nConnection: Upgrade\n"
        await ask(lab, head)
        seen = await lab.over()
    return called, seen.last()


@pytest.mark.parametrize(
    ("server", "step", "name"),
    [
        (goes, Step.UPGRADE, "handshake-connection-lost"),
        (says_nothing, Step.UPGRADE, "handshake-timed-out"),
        (drips, Step.UPGRADE, "handshake-timed-out"),
    ],
)
def test_a_server_that_does_not_answer_is_named_alike(server, step, name):
    async def run():
        async with raw_server(server) as url:
            return await refused_by(url)

    for record in asyncio.run(run()):
        assert isinstance(record, Refused)
        assert (record.step, named(record)) == (step, name)


@contextlib.contextmanager
def full_queue():
    """A port whose queue is full: whoever connects hears nothing."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}"


def test_a_connection_that_never_comes_about_is_named_alike():
    with full_queue() as url:
        records = asyncio.run(refused_by(url))
    for record in records:
        assert (record.step, named(record)) == (Step.TCP, "handshake-timed-out")
        assert record.text.startswith("Tried to connect to 127.0.0.1 port ")
