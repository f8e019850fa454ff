"""Many clients through one proxy: nothing is lost, doubled or out of order, and memory is bounded.

Takes a minute and all of a small machine, so it runs only where RTDEBUG_LOAD is set.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
from pathlib import Path

import pytest
from calling import CREATED
from tailing import Proxy, proxy
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

pytestmark = [
    pytest.mark.load,
    pytest.mark.skipif(not os.environ.get("RTDEBUG_LOAD"), reason="RTDEBUG_LOAD is not set"),
]
EVENTS = 50
APART = 0.2


async def many(busy: int, idle: int) -> tuple[int, int]:
    """The events that arrived in order at busy clients, and the proxy's memory in MB meanwhile."""

    async def talk(connection: ServerConnection) -> None:
        await connection.send(json.dumps(CREATED))
        assert connection.request is not None
        for number in range(EVENTS if "busy" in connection.request.path else 0):
            event = {"type": "rate_limits.updated", "event_id": f"ev_{number}", "rate_limits": []}
            await connection.send(json.dumps(event))
            await asyncio.sleep(APART)
        await connection.wait_closed()

    async def client(tail: Proxy, kind: str, over: asyncio.Event) -> int:
        async with connect(f"{tail.url}&kind={kind}", open_timeout=60, ping_interval=None) as ws:
            await ws.recv()
            if kind == "idle":
                await over.wait()
                return 0
            seen = [json.loads(await ws.recv())["event_id"] for _ in range(EVENTS)]
            assert seen == [f"ev_{number}" for number in range(EVENTS)]
            try:
                extra = await asyncio.wait_for(ws.recv(), 0.1)
            except (TimeoutError, ConnectionClosed):
                return len(seen)
            raise AssertionError(f"doubled: {extra!r}")

    async with serve(talk, "127.0.0.1", 0, ping_interval=None) as server:
        upstream = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with proxy(upstream, "--quiet", "--max-connections", busy + idle) as tail:
            over = asyncio.Event()
            waiting = [asyncio.create_task(client(tail, "idle", over)) for _ in range(idle)]
            arrived = await asyncio.gather(*(client(tail, "busy", over) for _ in range(busy)))
            memory = resident(tail.child.pid)
            over.set()
            await asyncio.gather(*waiting)
            assert tail.end(signal.SIGINT).code == 0
    return sum(arrived), memory


def resident(process: int) -> int:
    """The most memory that a process had so far, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


@pytest.mark.parametrize(("busy", "idle"), [(500, 0), (200, 1000)])
def test_many_clients_lose_nothing_in_bounded_memory(busy: int, idle: int) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8192), most))
    arrived, memory = asyncio.run(many(busy, idle))
    assert arrived == busy * EVENTS
    assert memory < 500
