"""tail as a proxy when something breaks in the middle of traffic: what anyone had is on record, and
the app notices nothing that is not its own."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from calling import CREATED, Call, peer
from tailing import app, mock, proxy, records, say, until
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection
from websockets.sync.server import ServerConnection

ANSWERS = 40


class Talker:
    """A server that answers each message with many events, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def __call__(self, connection: ServerConnection) -> None:
        connection.send(json.dumps(CREATED))
        with suppress(ConnectionClosed):
            while True:
                self.heard.append(json.loads(connection.recv()))
                for number in range(ANSWERS):
                    event_id = f"event_{len(self.heard)}_{number}"
                    limits = {"type": "rate_limits.updated", "rate_limits": []}
                    connection.send(json.dumps({**limits, "event_id": event_id}))


def _base(url: str) -> str:
    return url.partition("/v1")[0]


def _kept(path: Path) -> list[dict[str, Any]]:
    """The whole lines behind the header of a capture that may have been cut."""
    *lines, _cut = path.read_bytes().split(b"\n")
    return [json.loads(line) for line in lines[1:]]


def _of(kept: list[dict[str, Any]], sender: str) -> list[Any]:
    return [line["event"] for line in kept if line.get("from") == sender]


def _talk_until(connection: ClientConnection, enough: Callable[[int], None]) -> list[Any]:
    """Asks and reads, two questions ahead, until the connection is gone; all that came."""
    heard: list[Any] = []
    with suppress(ConnectionClosed):
        for _ in range(2):
            say(connection, "input_audio_buffer.clear")
        while True:
            heard.append(json.loads(connection.recv(timeout=10)))
            if len(heard) % ANSWERS == 0:
                say(connection, "input_audio_buffer.clear")
            enough(len(heard))
    return heard


@pytest.mark.parametrize("after", [1, 333, 2000])
def test_a_kill_in_the_middle_leaves_all_that_anyone_had(
    tmp_path: Path, call: Call, after: int
) -> None:
    server = Talker()
    with peer(server) as url, proxy(_base(url), "--capture", tmp_path) as tail:

        def enough(count: int) -> None:
            if count == after:
                tail.child.kill()

        with app(tail.url) as connection:
            heard = _talk_until(connection, enough)
        assert tail.end().code == -signal.SIGKILL
    path = tmp_path / "conn-0001.jsonl"
    kept = _kept(path)
    assert len(heard) >= after
    assert _of(kept, "server")[: len(heard)] == heard
    assert _of(kept, "client")[: len(server.heard)] == server.heard
    assert [line["seq"] for line in kept[1:]] == list(range(1, len(kept)))
    assert call("diagnose", path).code == 0


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="prlimit is a call of Linux")
def test_a_capture_that_may_not_grow_costs_the_app_nothing(tmp_path: Path) -> None:
    most = 20_000
    server = Talker()
    with peer(server) as url, proxy(_base(url), "--capture", tmp_path) as tail:
        resource.prlimit(tail.child.pid, resource.RLIMIT_FSIZE, (most, most))
        with app(tail.url) as connection:
            until(connection, "session.created")
            for _ in range(10):
                say(connection, "input_audio_buffer.clear")
            for _ in range(10 * ANSWERS):
                connection.recv(timeout=10)
        done = tail.end(signal.SIGINT)
    path = tmp_path / "conn-0001.jsonl"
    assert "the capture is not whole: " in done.out
    assert "File too large" in done.out
    assert "Traceback" not in done.err
    assert most - 500 < path.stat().st_size <= most
    assert records(path)[-1]["event"]["type"] == "rate_limits.updated"


@pytest.mark.skipif(sys.platform == "win32", reason="what is open cannot be deleted there")
def test_a_capture_that_is_deleted_meanwhile_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "captures"
    with mock() as url, proxy(url, "--capture", folder, "--timeout", "500ms") as tail:
        with app(tail.url) as connection:
            until(connection, "session.created")
            shutil.rmtree(folder)
            say(connection, "response.create")
            until(connection, "rate_limits.updated")
        done = tail.end()
    assert done.code == 0
    assert f"{folder / 'conn-0001.jsonl'}: it was deleted" in done.out
