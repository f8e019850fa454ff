"""Autobahn's suite for WebSocket through a proxy: every case ends as it does without one.

Its cases of broken frames, broken text, fragments, pings and closes go to an echo server, once
directly and once through ``rtdebug tail``. Compression is another suite of its own, and of the
cases on limits those are left out that send up to 16 MiB or wait for seconds.
"""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from packages import python27
from tailing import proxy
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

PATH = "/v1/realtime"
CASES = [
    *(f"{number}.*" for number in (1, 2, 3, 4, 5, 6, 7, 10)),
    *(f"9.{number}.{case}" for number in (1, 2) for case in (1, 2, 3, 4)),
    *(f"9.{number}.{case}" for number in (3, 4) for case in (4, 5, 6, 7, 8, 9)),
    *(f"9.{number}.{case}" for number in (5, 6, 7, 8) for case in (3, 4, 5)),
]
MOST_SECONDS = 300
pytestmark = pytest.mark.real


async def _echo(connection: ServerConnection) -> None:
    with suppress(ConnectionClosed):
        async for message in connection:
            await connection.send(message)


@contextmanager
def echo_server() -> Iterator[str]:
    """A server in a thread that says what it hears; nothing of its own gets between."""
    loop = asyncio.new_event_loop()
    ready, stop = threading.Event(), asyncio.Event()
    ports: list[int] = []

    async def run() -> None:
        async with serve(
            _echo, "127.0.0.1", 0, max_size=None, compression=None, ping_interval=None
        ) as server:
            ports.append(next(iter(server.sockets)).getsockname()[1])
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    assert ready.wait(5)
    try:
        yield f"ws://127.0.0.1:{ports[0]}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(15)
        loop.close()


def test_every_case_ends_as_it_does_without_the_proxy(tmp_path: Path) -> None:
    wstest = python27("autobahntestsuite==25.10.1", "wstest")
    captures = tmp_path / "captures"
    with (
        echo_server() as url,
        proxy(url, "--quiet", "--capture", captures, stdout=subprocess.DEVNULL) as tail,
    ):
        ways = {"direct": url + PATH, "through": f"ws://127.0.0.1:{tail.port}{PATH}"}
        results = _suite(wstest, tmp_path, ways)
        done = tail.end(signal.SIGINT)
    direct, through = (_outcomes(results[way]) for way in ways)
    assert len(direct) > 270
    assert _failed(through) == _failed(direct)
    assert through == direct
    assert len(list(captures.iterdir())) == len(through)
    assert "Traceback" not in done.err


def _suite(wstest: Path, folder: Path, ways: dict[str, str]) -> dict[str, Any]:
    """Runs the cases against each URL; their results by way and case."""
    servers = [{"agent": way, "url": url} for way, url in ways.items()]
    spec = {"outdir": "reports", "servers": servers, "cases": CASES,
            "exclude-cases": [], "exclude-agent-cases": {}}  # fmt: skip
    (folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    ran = subprocess.run(
        [wstest, "-m", "fuzzingclient", "-s", "spec.json"], cwd=folder,
        capture_output=True, text=True, timeout=MOST_SECONDS, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    text = (folder / "reports" / "index.json").read_text(encoding="utf-8")
    results: dict[str, Any] = json.loads(text)
    return results


def _outcomes(results: dict[str, Any]) -> dict[str, tuple[str, str, int | None]]:
    """How each case ended: what the suite made of it and of the close, and the close code.

    Whether what came before a fault was still echoed ("OK") or not any more ("NON-STRICT") is up
    to the server and the moment, with and without a proxy.
    """
    return {
        case: (
            result["behavior"].replace("NON-STRICT", "OK"),
            result["behaviorClose"],
            result["remoteCloseCode"],
        )
        for case, result in results.items()
    }


def _failed(outcomes: dict[str, tuple[str, str, int | None]]) -> set[str]:
    return {case for case, (behavior, *_) in outcomes.items() if behavior == "FAILED"}
