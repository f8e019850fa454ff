"""Real clients finish their turns with ``rtdebug mock``, which has no script, and what crosses the
wire is clean: ``RTDEBUG_REAL=1 python -m pytest tests/real/test_mock_clients.py`` is the matrix."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from mocking import running
from packages import npm, python
from watched import watching_proxy

HERE = Path(__file__).parent / "clients"
PYTHON = {
    "openai": ("openai_py.py", "openai[realtime]==3.57.0"),
    "openai-sync": ("openai_py.py --sync", "openai[realtime]==3.57.0"),
    "openai-agents": ("agents_py.py", "openai-agents==0.24.0"),
    "pydantic-ai": ("pydantic_ai_py.py", "pydantic-ai-slim[openai,realtime]==2.68.0"),
    "livekit": ("livekit_py.py", "livekit-plugins-openai==1.8.9"),
    "pipecat": ("pipecat_py.py", "pipecat-ai[openai]==1.14.0"),
    "openai-beta": ("openai_beta_py.py", "openai[realtime]==1.109.1"),
}
NODE = {
    "openai-node": ("openai_node.mjs", ("openai@7.57.0", "ws@8")),
    "agents-node": ("agents_node.mjs", ("@openai/agents-realtime@0.20.0",)),
}
TURNS = ("text", "audio", "tool")
pytestmark = pytest.mark.real


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("client", PYTHON)
def test_python(client: str, turn: str, tmp_path: Path) -> None:
    program, package = PYTHON[client]
    interpreter = python(package)
    file, *options = program.split()
    command = [interpreter, HERE / file]
    beta = ("--pack", "openai-realtime-beta") if client == "openai-beta" else ()
    _finishes(command, turn, options, tmp_path, mock=beta)


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("client", NODE)
def test_node(client: str, turn: str, tmp_path: Path) -> None:
    program, packages = NODE[client]
    folder = npm(*packages)
    for file in (program, "turns.mjs"):
        (folder / file).write_bytes((HERE / file).read_bytes())
    _finishes(["node", folder / program], turn, (), tmp_path, tls=client == "openai-node")


def _finishes(
    command: list[object],
    turn: str,
    options: list[str] | tuple[str, ...],
    folder: Path,
    *,
    mock: tuple[str, ...] = (),
    tls: bool = False,
) -> None:
    with (
        running(*mock) as server,
        watching_proxy(server.url.removesuffix("/realtime"), capture=folder, tls=tls) as proxy,
    ):
        assert proxy.place is not None
        base = (
            f"https://localhost:{proxy.place.port}"
            if tls
            else f"http://127.0.0.1:{proxy.place.port}"
        )
        done = subprocess.run(
            [*map(str, command), f"{base}/v1", turn, *options],
            capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, **dict(proxy.place.exports)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    proof = json.loads(done.stdout.splitlines()[-1])
    wanted = "Here is what I found: " if turn == "tool" else "Hello! How can I help you today?"
    assert proof["text"].startswith(wanted)
    assert (proof["sound"] > 0, proof["called"]) == (turn == "audio", turn == "tool")
    assert proxy.watched is not None
    (run,) = proxy.watched.report.runs
    assert [one.name for one in run.findings if one.severity.rank < 2] == []
    assert run.coverage.unknown == 0
