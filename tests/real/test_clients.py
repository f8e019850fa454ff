"""Real clients through a proxy: they work as without one, and the capture is what both ends saw."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from packages import npm, wanted
from tailing import mock, received, records
from watched import RunningProxy, watching_proxy

HERE = Path(__file__).parent / "clients"
pytestmark = pytest.mark.real


def _sent(path: Path) -> list[str]:
    return [line["event"]["type"] for line in records(path) if line.get("from") == "client"]


def _good(proxy: RunningProxy, path: Path) -> None:
    assert proxy.code == 0
    assert proxy.watched is not None
    (run,) = proxy.watched.report.runs
    assert [one.name for one in run.findings] == []
    assert "planted" not in path.read_text(encoding="utf-8") + proxy.text


def test_the_official_python_client(tmp_path: Path) -> None:
    wanted()
    openai = pytest.importorskip("openai")
    heard: list[dict[str, Any]] = []

    async def turn(base_url: str) -> None:
        client = openai.AsyncOpenAI(base_url=base_url, api_key="sk-planted0123456789")
        async with client.realtime.connect(model="gpt-realtime") as connection:
            item = {"type": "message", "role": "user",
                    "content": [{"type": "input_text", "text": "Hello"}]}  # fmt: skip
            await connection.conversation.item.create(item=item)
            await connection.response.create()
            async for event in connection:
                heard.append(event.to_dict())
                if event.type == "rate_limits.updated":
                    return

    with mock() as url, watching_proxy(url, capture=tmp_path) as proxy:
        assert proxy.place is not None
        asyncio.run(turn(f"http://127.0.0.1:{proxy.place.port}/v1"))
    path = tmp_path / "conn-0001.jsonl"
    _good(proxy, path)
    assert received(path) == heard
    assert _sent(path) == ["conversation.item.create", "response.create"]


def test_the_official_node_client_which_insists_on_tls(tmp_path: Path) -> None:
    folder = npm("openai@7.57.0", "ws@8")
    with mock() as url, watching_proxy(url, capture=tmp_path, tls=True) as proxy:
        assert proxy.place is not None
        done = subprocess.run(
            ["node", _beside(folder, "openai_turn.mjs"), f"https://localhost:{proxy.place.port}/v1"],
            env={**os.environ, **dict(proxy.place.exports)},
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    path = tmp_path / "conn-0001.jsonl"
    _good(proxy, path)
    assert received(path) == [json.loads(line) for line in done.stdout.splitlines()]


def test_the_agents_client_of_node(tmp_path: Path) -> None:
    folder = npm("@openai/agents-realtime@0.20.0")
    with mock() as url, watching_proxy(url, capture=tmp_path) as proxy:
        done = subprocess.run(
            ["node", _beside(folder, "agents_turn.mjs"), proxy.url],
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    path = tmp_path / "conn-0001.jsonl"
    _good(proxy, path)
    types = [json.loads(line)["type"] for line in done.stdout.splitlines()]
    told = [type_ for type_ in types if type_ in {event["type"] for event in received(path)}]
    assert told[: len(received(path))] == [event["type"] for event in received(path)]


def test_wscat(tmp_path: Path) -> None:
    folder = npm("wscat@6.1.0")
    reader, writer = os.pipe()  # the end of its input would be the end of it
    with mock() as url, watching_proxy(url, capture=tmp_path) as proxy:
        done = subprocess.run(
            [folder / "node_modules" / ".bin" / "wscat", "--connect", proxy.url, "--wait", "1",
             "--execute", '{"type":"response.create"}'],
            stdin=reader, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
    os.close(reader)
    os.close(writer)
    path = tmp_path / "conn-0001.jsonl"
    _good(proxy, path)
    heard = [json.loads(line.lstrip("< ")) for line in done.stdout.splitlines() if "{" in line]
    assert received(path) == heard
    assert _sent(path) == ["response.create"]


def _beside(folder: Path, name: str) -> Path:
    """The program where node finds the packages it imports."""
    program = folder / name
    program.write_bytes((HERE / name).read_bytes())
    return program
