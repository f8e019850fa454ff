"""Names to addresses, and a TCP connection to the first address that answers."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import threading
from collections.abc import Sequence
from typing import NamedTuple

from rtdebug.model.records import Step
from rtdebug.wire.fault import Fault
from rtdebug.wire.target import Endpoint

# RFC 8305, section 5: how long one address may be silent before the next is tried beside it.
_HEAD_START = 0.25


class Address(NamedTuple):
    """One address of a name, as the socket module wants it."""

    family: int
    where: tuple[str, int] | tuple[str, int, int, int]

    def __str__(self) -> str:
        return f"{self.where[0]} port {self.where[1]}"


async def resolve(target: Endpoint) -> list[Address]:
    """The addresses of the target's host; raises Fault when the name has none."""
    literal = _literal(target)
    if literal:
        return [literal]
    try:
        return await _look_up(target.host, target.port)
    except socket.gaierror as error:
        raise Fault(Step.NAME, unresolved(target.host, error)) from error
    except UnicodeError as error:
        raise Fault(
            Step.NAME,
            f"Looked up {target.host}, expected an address, but it cannot be a host name; "
            f"check the host in the URL.",
        ) from error


async def _look_up(host: str, port: int) -> list[Address]:
    """The system's look-up, in a thread that holds nobody up.

    asyncio's own threads are joined at the end: an interrupted program would hang for as long as
    a dead name server is waited for.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Address]] = loop.create_future()

    def settle(found: list[Address], error: Exception | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(found)
        else:
            answer.set_exception(error)

    def ask() -> None:
        found: list[Address] = []
        failure: Exception | None = None
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = [Address(info[0], info[4]) for info in infos]  # type: ignore[arg-type]
        except (OSError, UnicodeError) as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is gone, nobody waits any more
            loop.call_soon_threadsafe(settle, found, failure)

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    return await answer


def _literal(target: Endpoint) -> Address | None:
    """An address written as such needs no look-up, and no thread for it."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, target.host)
        except OSError:
            continue
        if family == socket.AF_INET:
            return Address(family, (target.host, target.port))
        return Address(family, (target.host, target.port, 0, 0))
    return None


def unresolved(host: str, error: socket.gaierror) -> str:
    """What a failed look-up means, as one sentence."""
    tried = f"Looked up {host}, expected an address, but"
    said = error.strerror or "no reason given"
    if error.errno == socket.EAI_AGAIN:
        return f"{tried} no name server answered ({said}); check the network and the host name."
    return f"{tried} there is no such name ({said}); check the host name in the URL."


async def connect(addresses: Sequence[Address]) -> socket.socket:
    """A socket connected to the first address that answers; raises Fault when none does."""
    waiting = list(addresses)
    running: dict[asyncio.Task[socket.socket], Address] = {}
    failed: list[tuple[Address, OSError]] = []
    try:
        while waiting or running:
            if waiting:
                address = waiting.pop(0)
                running[asyncio.ensure_future(_connect_one(address))] = address
            done, _ = await asyncio.wait(
                running,
                timeout=_HEAD_START if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in done:
                address = running.pop(task)
                error = task.exception()
                if error is None:
                    return task.result()
                if not isinstance(error, OSError):
                    raise error
                failed.append((address, error))
    finally:
        await _drop(running)
    raise Fault(Step.TCP, unconnected(failed))


async def _connect_one(address: Address) -> socket.socket:
    # asyncio turns Nagle's delay off only where the protocol is given.
    sock = socket.socket(address.family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, address.where)
    except BaseException:
        sock.close()
        raise
    return sock


async def _drop(running: dict[asyncio.Task[socket.socket], Address]) -> None:
    """End the attempts that are not needed any more, also one that has just come through."""
    for task in running:
        task.cancel()
    for late in await asyncio.gather(*running, return_exceptions=True):
        if isinstance(late, socket.socket):
            late.close()


def unconnected(failed: Sequence[tuple[Address, OSError]]) -> str:
    """What the failed attempts mean, as one sentence."""
    where = ", ".join(str(address) for address, _ in failed)
    tried = f"Tried to connect to {where}, expected a server there, but"
    numbers = {error.errno for _, error in failed}
    if numbers == {errno.ECONNREFUSED}:
        return f"{tried} it was refused; start the server, or check host and port."
    if numbers <= {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL}:
        return f"{tried} there is no route to it; check the network, the VPN and the address."
    if numbers <= {errno.ETIMEDOUT}:
        return f"{tried} nothing answered; check the address, and firewalls on the way."
    said = ", ".join(dict.fromkeys(error.strerror or str(error) for _, error in failed))
    return f"{tried} it failed ({said}); check host, port and network."
