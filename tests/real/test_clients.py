"""Real clients through a proxy: not a byte of a message changes, and the capture is what both ends
sent and received."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from far_side import FarSide, captured, parsed
from packages import npm, wanted
from tailing import mock, records
from watched import RunningProxy, watching_proxy

HERE = Path(__file__).parent / "clients"
KEY = "sk-planted0123456789"
pytestmark = pytest.mark.real


class Between:
    """A proxy that captures one connection to an embedded server, and both ends of that."""

    def __init__(self, proxy: RunningProxy, far: FarSide, path: Path) -> None:
        self.proxy = proxy
        self.far = far
        self.path = path

    @property
    def port(self) -> int:
        assert self.proxy.place is not None
        return self.proxy.place.port

    def hold(self, sent: list[str], received: list[str]) -> None:
        """Once the proxy has ended: the client, the server and the capture tell one story."""
        assert received == self.far.sent
        assert sent == self.far.got
        assert captured(self.path, "server") == parsed(self.far.sent)
        assert captured(self.path, "client") == parsed(self.far.got)
        assert self.far.closed is not None
        last = records(self.path)[-1]["closed"]
        assert (last["code"], last["by"]) == (self.far.closed.code, "client")
        assert KEY not in self.path.read_text(encoding="utf-8") + self.proxy.text
        self._nothing_is_wrong()

    def _nothing_is_wrong(self) -> None:
        assert self.proxy.code == 0
        assert self.proxy.watched is not None
        (run,) = self.proxy.watched.report.runs
        # A client that is set up before the server has spoken may be told so, as a remark.
        assert [one.name for one in run.findings if one.severity.rank < 2] == []


@contextmanager
def between(folder: Path, **settings: Any) -> Iterator[Between]:
    """The proxy and the server until the block is left."""
    far = FarSide()
    with mock(hallway=lambda: far) as url, watching_proxy(url, capture=folder, **settings) as proxy:
        yield Between(proxy, far, folder / "conn-0001.jsonl")


def test_the_official_python_client(tmp_path: Path) -> None:
    wanted()
    openai = pytest.importorskip("openai")
    asked = [
        {"type": "conversation.item.create", "item": {
            "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]}},
        {"type": "response.create"},
    ]  # fmt: skip
    heard: list[str] = []

    async def turn(base_url: str) -> None:
        client = openai.AsyncOpenAI(base_url=base_url, api_key=KEY)
        async with client.realtime.connect(model="gpt-realtime") as connection:
            for event in asked:
                await connection.send(event)
            while True:
                message = await connection.recv_bytes()
                heard.append(message.decode())
                if connection.parse_event(message).type == "rate_limits.updated":
                    return

    with between(tmp_path) as wire:
        asyncio.run(turn(f"http://127.0.0.1:{wire.port}/v1"))
    assert parsed(wire.far.got) == asked
    wire.hold(wire.far.got, heard)


def test_the_official_node_client_which_insists_on_tls(tmp_path: Path) -> None:
    folder = npm("openai@7.57.0", "ws@8")
    with between(tmp_path, tls=True) as wire:
        assert wire.proxy.place is not None
        exports = dict(wire.proxy.place.exports)
        said = _node(folder, "openai_turn.mjs", f"https://localhost:{wire.port}/v1", **exports)
    wire.hold(*said)


def test_the_agents_client_of_node(tmp_path: Path) -> None:
    folder = npm("@openai/agents-realtime@0.20.0")
    with between(tmp_path) as wire:
        said = _node(folder, "agents_turn.mjs", wire.proxy.url)
    wire.hold(*said)


def test_wscat(tmp_path: Path) -> None:
    folder = npm("wscat@6.1.0")
    asked = '{"type":"response.create"}'
    reader, writer = os.pipe()  # the end of its input would be the end of it
    try:
        with between(tmp_path) as wire:
            done = subprocess.run(
                [folder / "node_modules" / ".bin" / "wscat", "--connect", wire.proxy.url,
                 "--wait", "1", "--execute", asked],
                stdin=reader, capture_output=True, text=True, timeout=30, check=False,
            )  # fmt: skip
    finally:
        os.close(reader)
        os.close(writer)
    heard = [line[line.index("{") :] for line in done.stdout.splitlines() if "{" in line]
    wire.hold([asked], heard)


def _node(folder: Path, name: str, url: str, **env: str) -> tuple[list[str], list[str]]:
    """Runs a program where node finds the packages it imports: the texts it sent and received."""
    for file in ("noting.mjs", name):
        (folder / file).write_bytes((HERE / file).read_bytes())
    done = subprocess.run(
        ["node", folder / name, url], env={**os.environ, **env},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    sent = [line["sent"] for line in lines if "sent" in line]
    return sent, [line["received"] for line in lines if "received" in line]
