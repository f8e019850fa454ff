"""What the tests of tail share: a scripted server in a thread, a proxy in a process of its own, an
app on the other side of it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from calling import Called, command, environment
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from rtdebug.documents import parse_document
from rtdebug.scenario.mock_reader import read_mock_script
from rtdebug.scenario.vocabulary import vocabulary_of
from rtdebug.wire.guard import Guard
from rtdebug.wire.mock import Hallway, Terms, serve_mock

TEXT = "session: {output_modalities: [text]}\nreply: {text: Good day}"
CHECK = vocabulary_of("openai-realtime").check_event


@contextmanager
def mock(script: str = "", hallway: Callable[[], Hallway] | None = None) -> Iterator[str]:
    """A scripted server in a thread that answers in text; yields its URL without the path.

    ``hallway`` makes what sees the server's side of each connection.
    """
    document = parse_document(f"{TEXT}\n{script}", "script.yaml")
    read = read_mock_script(document.value, document.error)
    loop = asyncio.new_event_loop()
    ready, stop = threading.Event(), asyncio.Event()
    url: list[str] = []

    async def serve() -> None:
        terms = Terms(guard=Guard(pages=False))  # who may come is the business of the proxy
        serving = serve_mock(read, check_event=CHECK, hallway=hallway, terms=terms)
        async with serving as server:
            url.append(server.url)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(5)
    try:
        yield url[0].partition("/v1")[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
        loop.close()


class Proxy:
    """``rtdebug tail`` as a proxy, in a process of its own. ``banner`` is what it said first."""

    def __init__(self, upstream: str, *options: object, stdout: int = subprocess.PIPE) -> None:
        arguments = ("tail", "--listen", "127.0.0.1:0", "--upstream", upstream, *options)
        self.child = subprocess.Popen(
            command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env=environment(),
            text=True,
        )
        assert self.child.stderr is not None
        self.banner = [self.child.stderr.readline() for _ in range(3)]
        match = re.match(r"listening on 127\.0\.0\.1:(\d+)", self.banner[0])
        assert match is not None, self.banner[0] + self.child.stderr.read()
        self.port = int(match[1])
        self.url = f"ws://127.0.0.1:{self.port}/v1/realtime?model=gpt-realtime"

    def end(self, *signals: signal.Signals) -> Called:
        """Sends the signals, waits, and tells what it came to."""
        for number in signals:
            self.child.send_signal(number)
        out, err = self.child.communicate(timeout=15)
        return Called(self.child.returncode, out or "", "".join(self.banner) + err)

    def drop(self) -> None:
        """At the end of a test, whatever became of it."""
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        for stream in (self.child.stdout, self.child.stderr):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


@contextmanager
def proxy(upstream: str, *options: object, stdout: int = subprocess.PIPE) -> Iterator[Proxy]:
    """A proxy until the block is left."""
    running = Proxy(upstream, *options, stdout=stdout)
    try:
        yield running
    finally:
        running.drop()


@contextmanager
def app(url: str, **options: Any) -> Iterator[ClientConnection]:
    """An app that is connected."""
    with connect(url, proxy=None, compression=None, **options) as connection:
        yield connection


def say(connection: ClientConnection, type_: str, **fields: Any) -> None:
    """Sends an event."""
    connection.send(json.dumps({"type": type_, **fields}))


def until(connection: ClientConnection, type_: str) -> list[dict[str, Any]]:
    """All events up to the first of a type."""
    events: list[dict[str, Any]] = []
    while not events or events[-1]["type"] != type_:
        events.append(json.loads(connection.recv(timeout=10)))
    return events


def text_turn(connection: ClientConnection) -> list[dict[str, Any]]:
    """Asks for an answer; everything that came."""
    events = until(connection, "session.created")
    say(connection, "response.create")
    return events + until(connection, "rate_limits.updated")


def to_the_end(connection: ClientConnection) -> int:
    """How many messages come before the connection is closed."""
    count = 0
    try:
        while True:
            connection.recv(timeout=10)
            count += 1
    except ConnectionClosed:
        return count


def records(path: Path) -> list[dict[str, Any]]:
    """The lines of a capture behind its header."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert "rtdebug_capture" in json.loads(lines[0])
    return [json.loads(line) for line in lines[1:]]


def received(path: Path) -> list[dict[str, Any]]:
    """The server's events in a capture."""
    return [line["event"] for line in records(path) if line.get("from") == "server"]


@contextmanager
def unread() -> Iterator[int]:
    """The writing end of a pipe that nobody reads."""
    reader, writer = os.pipe()
    try:
        yield writer
    finally:
        os.close(reader)
        os.close(writer)
