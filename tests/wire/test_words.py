"""Errors that no loopback server can be made to cause are explained as well."""

import asyncio
import errno
import os
import socket
import ssl

import pytest
from faultserver import forever, serving
from websockets.exceptions import ConnectionClosedError

from rtdebug.model.records import Sender
from rtdebug.wire import limits, tcp
from rtdebug.wire.closing import closed_record
from rtdebug.wire.fault import Fault

ADDRESS = tcp.Address(socket.AF_INET, ("192.0.2.1", 443))


def failure(number):
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([errno.ECONNREFUSED], "it was refused"),
        ([errno.EHOSTUNREACH, errno.ENETUNREACH], "there is no route to it"),
        ([errno.ETIMEDOUT], "nothing answered"),
        ([errno.ECONNREFUSED, errno.EACCES], "Connection refused, Permission denied"),
    ],
)
def test_failed_attempts_are_summed_up(numbers, said):
    text = tcp.unconnected([(ADDRESS, failure(number)) for number in numbers])
    assert text.startswith("Tried to connect to 192.0.2.1 port 443")
    assert said in text


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (socket.EAI_NONAME, "there is no such name (why)"),
        (socket.EAI_AGAIN, "no name server answered (why)"),
    ],
)
def test_failed_look_ups_are_told_apart(number, said):
    assert said in tcp.unresolved("h", socket.gaierror(number, "why"))


@pytest.mark.parametrize(
    ("cause", "said", "sender"),
    [
        (EOFError("unexpected end of stream"), "without a close frame", Sender.SERVER),
        (BrokenPipeError(), "reset", Sender.SERVER),
        (failure(errno.ETIMEDOUT), "the network lost the connection", None),
        (failure(errno.EIO), "(Input/output error)", None),
        (ssl.SSLError(1, "record"), "without a close frame", None),
        (None, "without a close frame", None),
    ],
)
def test_an_abnormal_end_says_what_was_seen_of_it(cause, said, sender):
    error = ConnectionClosedError(None, None)
    error.__cause__ = cause
    closed = closed_record(error, 1.5)
    assert (closed.at, closed.code, closed.sender) == (1.5, 1006, sender)
    assert said in closed.reason


def test_an_address_that_answers_is_used_though_one_before_it_is_silent():
    async def run():
        async def script(reader, writer):
            await forever()

        async with serving(script) as port:
            with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
                where = full.getsockname()
                fillers = [socket.socket() for _ in range(4)]
                for filler in fillers:
                    filler.setblocking(False)
                    filler.connect_ex(where)
                silent = tcp.Address(socket.AF_INET, where)
                good = tcp.Address(socket.AF_INET, ("127.0.0.1", port))
                with await tcp.connect([silent, good]) as sock:
                    reached = sock.getpeername()[1]
                for filler in fillers:
                    filler.close()
            return reached == port

    assert asyncio.run(run())


def test_all_addresses_that_failed_are_named():
    def closed_port():
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            return sock.getsockname()[1]

    ports = [closed_port(), closed_port()]
    with pytest.raises(Fault) as caught:
        asyncio.run(
            tcp.connect([tcp.Address(socket.AF_INET, ("127.0.0.1", port)) for port in ports])
        )
    assert all(f"127.0.0.1 port {port}" in caught.value.text for port in ports)


def test_a_users_own_limit_of_fragments_stands(monkeypatch):
    from websockets.asyncio import messages

    monkeypatch.setattr(messages, "MAX_FRAGMENTS", 7, raising=False)
    monkeypatch.setenv("WEBSOCKETS_MAX_FRAGMENTS", "7")
    limits.raise_fragment_limit()
    assert messages.MAX_FRAGMENTS == 7
    monkeypatch.delenv("WEBSOCKETS_MAX_FRAGMENTS")
    limits.raise_fragment_limit()
    assert messages.MAX_FRAGMENTS == limits.MAX_FRAGMENTS
