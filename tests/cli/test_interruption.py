"""Signals end a run with exit code 130, a whole capture and a report of what was seen so far."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from base64 import b64encode
from contextlib import suppress
from hashlib import sha1
from pathlib import Path
from threading import Event, Thread

import pytest
from calling import CREATED, command, environment, peer, say
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection

WAITING = """\
rtdebug: 1
timeout: 60s
steps:
  - expect: session.created
  - send: {type: response.create}
  - expect: response.created
"""


class Silent:
    """A peer that greets, hears one message and then says nothing more; it hangs up when told."""

    def __init__(self) -> None:
        self.heard = Event()

    def __call__(self, connection: ServerConnection) -> None:
        say(connection, CREATED)
        connection.recv()
        self.heard.set()
        with suppress(ConnectionClosed):
            connection.recv()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_run_with_what_was_seen(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "a.yaml").write_text(WAITING)
    silent = Silent()
    with peer(silent) as url, subprocess.Popen(
        command("run", "a.yaml", "text-turn", "--url", url, "--capture", "kept",
                "--report", "json"),
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as running:  # fmt: skip
        assert silent.heard.wait(20)
        running.send_signal(number)
        out, err = running.communicate(timeout=20)
    assert running.returncode == 130
    report = json.loads(out)
    assert (report["exit_code"], report["outcome"]) == (130, "interrupted")
    assert [run["outcome"] for run in report["runs"]] == ["interrupted"], "the rest is not begun"
    assert report["runs"][0]["events"] == {"client": 1, "server": 1}
    assert [step["outcome"] for step in report["runs"][0]["steps"]] == [
        "passed", "passed", "skipped",
    ]  # fmt: skip
    assert b"exit code 130: interrupted" in err
    assert b"Traceback" not in err
    lines = (tmp_path / "kept" / "a.jsonl").read_bytes().splitlines(keepends=True)
    records = [json.loads(line) for line in lines]
    assert lines[-1].endswith(b"\n")
    assert {"opened", "event", "ended", "closed"} <= {key for record in records for key in record}


class Deaf(Thread):
    """A raw peer that upgrades, greets, and then never answers again, not even a close."""

    def __init__(self) -> None:
        super().__init__()
        self.heard, self.hang_up = Event(), Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self._listener.getsockname()[1]}/v1/realtime"

    def run(self) -> None:
        connection, _ = self._listener.accept()
        with self._listener, connection:
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(4096)
            key = next(x for x in head.split(b"\r\n") if x.lower().startswith(b"sec-websocket-key"))
            digest = sha1(key.split(b": ")[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
            connection.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + b64encode(digest) + b"\r\n\r\n"
            )
            message = json.dumps(CREATED).encode()
            connection.sendall(b"\x81\x7e" + len(message).to_bytes(2, "big") + message)
            connection.recv(4096)
            self.heard.set()
            self.hang_up.wait(20)


def test_a_second_signal_waits_for_no_peer_and_keeps_what_is_over(tmp_path: Path) -> None:
    deaf = Deaf()
    deaf.start()
    (tmp_path / "a.yaml").write_text(WAITING + f"target: {{url: '{deaf.url}'}}\n")
    with subprocess.Popen(
        command("run", "text-turn", "a.yaml", "--capture", "kept", "--report", "json"),
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as running:  # fmt: skip
        assert deaf.heard.wait(20)
        running.send_signal(signal.SIGTERM)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    deaf.hang_up.set()
    deaf.join()
    assert running.returncode == 130
    assert b"Traceback" not in err
    report = json.loads(out)
    assert report["exit_code"] == 130
    assert [run["name"] for run in report["runs"]] == ["Text turn"]
    lines = (tmp_path / "kept" / "a.jsonl").read_bytes().splitlines(keepends=True)
    assert len([json.loads(line) for line in lines]) >= 4
    assert lines[-1].endswith(b"\n")


def test_a_signal_before_anything_is_played_is_no_traceback(tmp_path: Path) -> None:
    with subprocess.Popen(
        command("diagnose", "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment(),
    ) as running:  # fmt: skip
        assert running.stdin is not None
        running.stdin.write(b"x" * (1 << 18))  # more than a pipe holds: it is being read
        running.stdin.flush()
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert (out, err.strip()) == (b"", b"interrupted")
