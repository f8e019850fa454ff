"""tail as a proxy: any number of connections, each with a capture and a verdict of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from calling import CREATED, Call, peer, process
from tailing import (
    Proxy,
    app,
    mock,
    proxy,
    received,
    records,
    say,
    text_turn,
    to_the_end,
    unread,
    until,
)
from websockets.sync.server import ServerConnection

FLOOD = 30_000
_STUCK = "stall: {after: response.created}"


def test_a_dead_upstream_is_told_to_whoever_runs_through_the_proxy(call: Call) -> None:
    with proxy("ws://127.0.0.1:1") as tail:
        called = call("run", "text-turn", "--url", f"ws://127.0.0.1:{tail.port}/v1/realtime")
        tail.end(signal.SIGINT)
    told = " ".join(called.out.split())
    assert called.code == 3
    assert "the rtdebug tail that listens there could not reach its upstream (HTTP 502" in told
    assert "It says: Tried to connect to 127.0.0.1 port 1, expected a server there" in told
    assert "saying: rtdebug:" not in told


def test_a_header_stays_behind_unless_it_is_named(call: Call, tmp_path: Path) -> None:
    seen: list[str | None] = []

    def talk(connection: ServerConnection) -> None:
        assert connection.request is not None
        seen.append(connection.request.headers.get("Tenant"))
        say(connection, CREATED)

    (tmp_path / "a.yaml").write_text("rtdebug: 1\nsteps: [{expect: session.created}]\n")
    with peer(talk) as url:
        for options in ((), ("--pass-header", "Tenant")):
            with proxy(url.partition("/v1")[0], *options) as tail:
                call("run", tmp_path / "a.yaml", "--url", tail.url, "--header", "Tenant: me")
                done = tail.end(signal.SIGINT)
            told = "headers that did not pass (--pass-header NAME lets one): tenant" in done.out
            assert told is (not options)
    assert seen == [None, "me"]


def test_an_app_is_carried_judged_and_captured(tmp_path: Path) -> None:
    with mock() as url, proxy(url, "--capture", tmp_path, "--timeout", "2s") as tail:
        with app(tail.url) as connection:
            events = text_turn(connection)
        done = tail.end()
    assert (done.code, done.err) == (0, "".join(tail.banner))
    assert received(tmp_path / "conn-0001.jsonl") == events
    assert records(tmp_path / "conn-0001.jsonl")[-1]["closed"]["by"] == "client"
    rows = done.out.splitlines()
    assert rows[0].startswith("#1      0.000 s  =   opened")
    assert any(
        re.search(r"< response\.output_text\.delta ×\d+ .*\"Good day\"", row) for row in rows
    )
    assert any("< response.done" in row and "completed in" in row for row in rows)
    assert rows[-2].startswith("✓ connection 1  ")
    assert rows[-1] == "1 connection: 1 clean"


def test_what_to_set_in_the_app_is_said_first() -> None:
    with mock() as url, proxy(url) as tail:
        port = tail.port
        assert tail.banner == [
            f"listening on 127.0.0.1:{port}, passing on to {url}\n",
            f"  point the app at   http://127.0.0.1:{port}/v1   (OPENAI_BASE_URL)\n",
            f"  or at              ws://127.0.0.1:{port}/v1/realtime\n",
        ]


def _over(folder: Path, count: int) -> None:
    """Until so many captures end with a close."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        paths = sorted(folder.glob("*.jsonl"))
        if len(paths) == count and all(b'"closed"' in path.read_bytes() for path in paths):
            return
        time.sleep(0.02)
    raise AssertionError(f"not closed: {list(folder.glob('*'))}")


def test_a_stream_for_programs_has_stdout_for_itself() -> None:
    with mock() as url, proxy(url, "--report", "ndjson", "--timeout", "500ms") as tail:
        with app(tail.url) as connection:
            events = text_turn(connection)
        done = tail.end()
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert {line["connection"] for line in lines} == {1}
    assert [line["event"] for line in lines if line.get("from") == "server"] == events
    assert "1 connection: 1 clean" in done.err


def test_nothing_seen_is_never_a_pass() -> None:
    with mock() as url, proxy(url, "--timeout", "300ms") as tail:
        done = tail.end()
    assert done.code == 4
    assert done.out.startswith("no connection was made\n")


# -- the server ----------------------------------------------------------------------------------


def _flood(connection: ServerConnection) -> None:
    connection.send(json.dumps(CREATED))
    for number in range(FLOOD):
        limits = {"type": "rate_limits.updated", "event_id": f"event_{number}", "rate_limits": []}
        connection.send(json.dumps(limits))
    connection.close()


def test_a_screen_that_nobody_reads_holds_up_nothing(tmp_path: Path) -> None:
    with peer(_flood) as url, unread() as pipe:
        upstream = url.partition("/v1")[0]
        with proxy(upstream, "--capture", tmp_path, stdout=pipe) as tail:
            with app(tail.url) as connection:
                assert to_the_end(connection) == FLOOD + 1
            _over(tmp_path, 1)
            began = time.monotonic()
            done = tail.end(signal.SIGINT)
    assert done.code == 0  # the connection was over: what was asked for was seen
    assert time.monotonic() - began < 5
    assert len(received(tmp_path / "conn-0001.jsonl")) == FLOOD + 1


def test_an_app_that_stops_reading_loses_nothing(tmp_path: Path) -> None:
    with peer(_flood) as url, proxy(url.partition("/v1")[0], "--capture", tmp_path) as tail:
        with app(tail.url, max_queue=1) as connection:
            connection.recv()
            time.sleep(0.5)
            assert to_the_end(connection) == FLOOD
        _over(tmp_path, 1)
        done = tail.end(signal.SIGTERM)
    assert done.code == 0
    assert len(received(tmp_path / "conn-0001.jsonl")) == FLOOD + 1


# -- how it ends ---------------------------------------------------------------------------------


_SIGNALS = pytest.mark.parametrize(
    "signals",
    [
        (signal.SIGINT,),
        (signal.SIGTERM,),
        (signal.SIGHUP,),
        (signal.SIGINT, signal.SIGINT),
        (signal.SIGTERM, signal.SIGINT, signal.SIGINT),
    ],
    ids=lambda signals: "-".join(one.name for one in signals),
)


@_SIGNALS
def test_signals_end_it_with_the_verdict_where_nothing_is_owed(
    signals: tuple[signal.Signals, ...],
) -> None:
    with mock() as url, proxy(url) as tail, app(tail.url) as connection:
        text_turn(connection)
        done = tail.end(*signals)
    assert done.code == 0
    assert "Traceback" not in done.err
    assert "✓ connection 1" in done.out


def test_a_signal_before_any_connection_judges_nothing() -> None:
    with mock() as url, proxy(url) as tail:
        assert tail.end(signal.SIGINT).code == 4


def test_a_timeout_waits_for_the_end_of_a_response() -> None:
    slow = "delay: {response.done: 1500ms}"
    with mock(slow) as url, proxy(url, "--timeout", "500ms") as tail, app(tail.url) as connection:
        events = text_turn(connection)
        done = tail.end()
    assert events[-2]["type"] == "response.done"
    assert done.code == 0


@_SIGNALS
def test_signals_end_it_with_whole_captures(
    tmp_path: Path, signals: tuple[signal.Signals, ...]
) -> None:
    with (
        mock(_STUCK) as url,
        proxy(url, "--capture", tmp_path) as tail,
        app(tail.url) as connection,
    ):
        events = until(connection, "session.created")
        say(connection, "response.create")
        events += until(connection, "response.created")
        began = time.monotonic()
        done = tail.end(*signals)
    assert done.code == 130
    assert time.monotonic() - began < 3
    assert "Traceback" not in done.err
    path = tmp_path / "conn-0001.jsonl"
    assert received(path) == events
    assert records(path)[-1]["ended"]["reason"] == "interrupted"
    if len(signals) == 1:
        assert "1 connection: 1 interrupted" in done.out


def test_a_reader_who_has_read_enough_ends_it_quietly(tmp_path: Path) -> None:
    with mock() as url, proxy(url, "--capture", tmp_path) as tail:
        assert tail.child.stdout is not None
        with app(tail.url) as connection:
            until(connection, "session.created")
            for _ in range(2):
                tail.child.stdout.readline()
            tail.child.stdout.close()
            tail.child.stdout = None
            say(connection, "response.create")
            to_the_end(connection)
        done = tail.end()
    assert (done.code, done.err) == (0, "".join(tail.banner))
    assert records(tmp_path / "conn-0001.jsonl")[-1].keys() & {"ended", "closed"}


def test_head_ends_it_quietly_in_a_shell(tmp_path: Path) -> None:
    capture = tmp_path / "c.jsonl"
    script = f"rtdebug tail mock --capture {capture} | head -n 2; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", script], input=b"> Hello\n", capture_output=True, check=False, timeout=20,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )  # fmt: skip
    *rows, code = done.stdout.decode().splitlines()
    assert len(rows) == 2
    assert (code, done.stderr) == ("0", b"")
    assert received(capture)


# -- disks ---------------------------------------------------------------------------------------


def test_a_full_stdout_is_told_and_carries_on(tmp_path: Path) -> None:
    with (
        open("/dev/full", "wb") as full,
        mock() as url,
        proxy(url, "--capture", tmp_path, "--timeout", "2s", stdout=full.fileno()) as tail,
    ):
        with app(tail.url) as connection:
            events = text_turn(connection)
        done = tail.end()
    assert done.code == 2
    assert "No space left on device" in done.err
    assert "Traceback" not in done.err
    assert received(tmp_path / "conn-0001.jsonl") == events


def test_a_folder_that_cannot_be_made_is_told_before_the_port_is_open(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for path, words in (
        (file, "expected a folder"),
        (file / "below", "file is not a folder"),
    ):
        done = process("tail", "--listen", "127.0.0.1:0", "--upstream", "ws://x", "--capture", path)
        assert done.code == 2
        assert words in done.err


# -- doors ---------------------------------------------------------------------------------------


def test_apps_that_insist_on_tls_are_given_it() -> None:
    with mock() as url:
        tail = Proxy(url, "--tls", "--timeout", "10s")
        try:
            exports = _exports(tail)
            context = ssl.create_default_context(cafile=exports["NODE_EXTRA_CA_CERTS"])
            secure = tail.url.replace("ws://127.0.0.1", "wss://localhost")
            with app(secure, ssl=context) as connection:
                text_turn(connection)
            done = tail.end()
        finally:
            tail.drop()
    assert done.code == 0
    assert tail.banner[1].startswith(f"  point the app at   https://127.0.0.1:{tail.port}/v1")
    assert not [path for path in exports.values() if os.path.exists(path)]


def _exports(tail: Proxy) -> dict[str, str]:
    assert tail.child.stderr is not None
    assert "export" in tail.child.stderr.readline()
    lines = [tail.child.stderr.readline().strip() for _ in range(2)]
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "[::]", "example.test"])
def test_only_the_loopback_is_listened_on(call: Call, host: str) -> None:
    done = call("tail", "--listen", f"{host}:0", "--upstream", "ws://127.0.0.1:1")
    assert done.code == 2
    assert "--dangerously-bind" in done.err


def test_a_port_that_is_taken_is_told(call: Call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = call("tail", "--listen", f"127.0.0.1:{port}", "--upstream", "ws://127.0.0.1:1")
    assert done.code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in done.err
