"""Watching from between: each connection has a session, a capture and a verdict of its own."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from calling import CREATED, peer
from tailing import app, mock, received, records, say, text_turn, to_the_end, until
from watched import watching_proxy
from websockets.exceptions import InvalidStatus
from websockets.sync.server import ServerConnection

from rtdebug.api.diagnosing import diagnose_files
from rtdebug.api.verdict import Strictness
from rtdebug.api.watching import Watching
from rtdebug.errors import UnreadableError, UsageError
from rtdebug.model.findings import Severity
from rtdebug.model.results import Outcome
from rtdebug.reports.live import LiveLook
from rtdebug.reports.page.keeping import Keeping

DYING = "close: {after: response.created, nth: 1, code: 1011, reason: internal error}"


def test_an_app_is_carried_and_judged() -> None:
    with mock() as url, watching_proxy(url) as proxy, app(proxy.url) as connection:
        events = text_turn(connection)
    assert proxy.code == 0
    assert events[-2]["type"] == "response.done"
    assert "✓ connection 1" in proxy.text
    assert proxy.watched is not None
    (run,) = proxy.watched.report.runs
    assert (run.name, run.outcome, run.client, run.server) == (
        "connection 1", Outcome.CLEAN, 1, len(events)
    )  # fmt: skip


def test_a_page_keeps_the_messages_of_each_connection() -> None:
    keeping = Keeping()
    with mock() as url, watching_proxy(url, watching=Watching(keeping=keeping)) as proxy:
        for _ in range(2):
            with app(proxy.url) as connection:
                events = text_turn(connection)
    assert proxy.watched is not None
    first, second = proxy.watched.report.runs
    for run in (first, second):
        assert run.kept is not None
        rows = json.loads("".join(run.kept.pieces()))["rows"]
        assert len([row for row in rows if row[0] is not None]) == 1 + len(events)
    assert "✓ connection 2" in proxy.text


def test_the_embedded_server_can_stand_behind_it() -> None:
    with watching_proxy("mock") as proxy, app(proxy.url) as connection:
        assert until(connection, "session.created")
    assert proxy.code == 0


def test_captures_are_judged_as_the_connection_was(tmp_path: Path) -> None:
    folder = tmp_path / "captures"
    with mock(DYING) as url, watching_proxy(url, capture=folder) as proxy:
        with app(proxy.url) as connection:
            until(connection, "session.created")
            say(connection, "response.create")
            to_the_end(connection)
        with app(proxy.url) as connection:
            until(connection, "session.created")
    assert proxy.code == 1
    assert proxy.watched is not None
    bad, good = proxy.watched.report.runs
    first = folder / "conn-0001.jsonl"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    (replayed,) = diagnose_files([str(first)]).runs
    assert replayed.findings == bad.findings != ()
    assert good.findings == ()
    assert f"captured in {first}" in proxy.text
    assert "conn-0002" not in proxy.text  # where it is goes without saying
    header = json.loads(first.read_text(encoding="utf-8").splitlines()[0])
    assert header["url"].startswith(url)
    assert header["patience"] == 10.0


def test_findings_are_those_of_their_connection() -> None:
    with (
        mock(DYING) as url,
        watching_proxy(url) as proxy,
        app(proxy.url) as bad,
        app(proxy.url) as good,
    ):
        for connection in (bad, good):
            until(connection, "session.created")
        say(bad, "response.create")
        to_the_end(bad)
        say(good, "input_audio_buffer.clear")
        until(good, "input_audio_buffer.cleared")
    assert proxy.watched is not None
    runs = {run.name: run for run in proxy.watched.report.runs}
    assert runs["connection 1"].outcome is Outcome.FAILED
    assert runs["connection 2"].findings == ()
    assert "#1" in proxy.text.partition("✗ close-1011-server-error")[0].splitlines()[-1]


def test_numbers_go_on_in_a_folder_that_holds_captures(tmp_path: Path) -> None:
    (tmp_path / "conn-0007.jsonl").write_text("kept", encoding="utf-8")
    with (
        mock() as url,
        watching_proxy(url, capture=tmp_path) as proxy,
        app(proxy.url) as connection,
    ):
        until(connection, "session.created")
    assert proxy.text.startswith("#8 ")
    assert (tmp_path / "conn-0007.jsonl").read_text(encoding="utf-8") == "kept"
    assert received(tmp_path / "conn-0008.jsonl")


def test_a_name_that_is_taken_meanwhile_is_left_alone(tmp_path: Path) -> None:
    with mock() as url, watching_proxy(url, capture=tmp_path) as proxy:
        (tmp_path / "conn-0001.jsonl").write_text("another's", encoding="utf-8")
        with app(proxy.url) as connection:
            until(connection, "session.created")
    assert (tmp_path / "conn-0001.jsonl").read_text(encoding="utf-8") == "another's"
    assert received(tmp_path / "conn-0001-2.jsonl")


def test_the_pack_is_that_of_the_request() -> None:
    with mock() as url, watching_proxy(url) as proxy:
        azure = proxy.url.replace(
            "/v1/realtime?", "/openai/realtime?api-version=2024-10-01-preview&"
        )
        for connected in (proxy.url, azure):
            with app(connected) as connection:
                connection.recv(timeout=5)
    assert proxy.watched is not None
    packs = [run.pack for run in proxy.watched.report.runs]
    assert packs == ["openai-realtime", "openai-realtime-beta"]


def test_the_pack_can_be_named() -> None:
    watching = Watching(pack="openai-realtime-beta")
    with (
        mock() as url,
        watching_proxy(url, watching=watching) as proxy,
        app(proxy.url) as connection,
    ):
        connection.recv(timeout=5)
    assert proxy.watched is not None
    assert proxy.watched.report.runs[0].pack == "openai-realtime-beta"


@pytest.mark.parametrize(
    ("strictness", "code"),
    [
        (Strictness(), 0),
        (Strictness(fail_on=Severity.WARNING), 1),
        (Strictness(ignore=("close-mid-*",), fail_on=Severity.WARNING), 0),
    ],
)
def test_how_strict_it_is_can_be_said(strictness: Strictness, code: int) -> None:
    watching = Watching(strictness)
    with (
        mock("stall: {after: response.created}") as url,
        watching_proxy(url, watching=watching) as proxy,
        app(proxy.url) as connection,
    ):
        until(connection, "session.created")
        say(connection, "response.create")
        until(connection, "response.created")
    assert proxy.code == code
    assert ("close-mid-response" in proxy.text) == (not strictness.ignore)


def test_quiet_shows_only_what_is_wrong() -> None:
    look = LiveLook(width=200, labels=True, quiet=True)
    with (
        mock(DYING) as url,
        watching_proxy(url, look=look) as proxy,
        app(proxy.url) as connection,
    ):
        until(connection, "session.created")
        say(connection, "response.create")
        to_the_end(connection)
    assert "close-1011-server-error" in proxy.text
    assert "< session.created" not in proxy.text


def test_nothing_seen_is_never_a_pass() -> None:
    with mock() as url, watching_proxy(url) as proxy:
        pass
    assert proxy.code == 4


def test_an_app_that_heard_nothing_shows_nothing() -> None:
    with mock("silent: true") as url, watching_proxy(url) as proxy, app(proxy.url):
        pass
    assert proxy.code == 4


def test_silence_can_end_it() -> None:
    watching = Watching(timeout=0.2)
    with mock() as url, watching_proxy(url, watching=watching) as proxy:
        with app(proxy.url) as connection:
            text_turn(connection)
        proxy._thread.join(5)
        assert not proxy._thread.is_alive()
    assert proxy.code == 0


def test_connections_that_are_open_at_the_end_are_judged_as_over() -> None:
    with mock() as url, watching_proxy(url) as proxy, app(proxy.url) as connection:
        text_turn(connection)
        proxy.quit()
        to_the_end(connection)
    assert proxy.code == 0
    assert proxy.watched is not None
    assert proxy.watched.report.runs[0].outcome is Outcome.CLEAN


# -- the server ----------------------------------------------------------------------------------


def test_a_refusal_reaches_the_app_and_is_a_finding() -> None:
    script = 'refuse: {status: 401, body: \'{"error": {"code": "invalid_api_key"}}\'}'
    with (
        mock(script) as url,
        watching_proxy(url) as proxy,
        pytest.raises(InvalidStatus) as refused,
        app(proxy.url),
    ):
        pass
    assert refused.value.response.status_code == 401
    assert b"invalid_api_key" in (refused.value.response.body or b"")
    assert proxy.code == 1
    assert "refused at upgrade" in proxy.text
    assert "missing-credentials" in proxy.text


def test_a_server_that_is_not_there_is_told_to_both_sides() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with (
        watching_proxy(f"ws://127.0.0.1:{port}") as proxy,
        pytest.raises(InvalidStatus) as refused,
        app(proxy.url),
    ):
        pass
    assert refused.value.response.status_code == 502
    assert proxy.code == 1
    assert "handshake-connection-refused" in proxy.text


def test_a_server_that_dies_in_the_middle_is_told(tmp_path: Path) -> None:
    script = "close: {after: response.output_text.delta, abort: true}"
    with (
        mock(script) as url,
        watching_proxy(url, capture=tmp_path) as proxy,
        app(proxy.url) as connection,
    ):
        until(connection, "session.created")
        say(connection, "response.create")
        to_the_end(connection)
    assert proxy.code == 1
    text = " ".join(proxy.text.split())
    assert "1006 the connection ended without a close frame, on the server's side" in text
    assert "the connection was lost on the server's side without a close frame" in text
    assert "closed by the server" not in text
    assert "saying" not in text
    assert received(tmp_path / "conn-0001.jsonl")[-1]["type"] == "response.output_text.delta"


# -- doors ---------------------------------------------------------------------------------------


def test_pages_of_strangers_are_turned_away_and_friends_let_in() -> None:
    friend = "http://friend.test"
    with mock() as url, watching_proxy(url, origins=(friend,)) as proxy:
        with pytest.raises(InvalidStatus), app(proxy.url, origin="http://stranger.test"):
            pass
        with app(proxy.url, origin=friend) as connection:
            text_turn(connection)
    assert proxy.code == 0
    assert "turned away (403)" in proxy.text


def test_friends_are_let_in_to_the_embedded_server_too() -> None:
    friend = "http://friend.test"
    with (
        watching_proxy("mock", origins=(friend,)) as proxy,
        app(proxy.url, origin=friend) as connection,
    ):
        text_turn(connection)
    assert proxy.code == 0


def test_plain_requests_are_passed_on_and_noted() -> None:
    with mock() as url, watching_proxy(url) as proxy:
        assert proxy.place is not None
        port = proxy.place.port
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.sendall(f"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            assert sock.recv(100).startswith(b"HTTP/1.1 404")
            while sock.recv(1000):
                pass
    assert "GET /v1/models: the upstream answered 404" in proxy.text


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "[::]", "example.test"])
def test_only_the_loopback_is_listened_on(host: str) -> None:
    from rtdebug.api.watching_proxy import Listening, watch_proxy

    with pytest.raises(UsageError) as refused:
        watch_proxy(Listening(host, 0, "ws://127.0.0.1:1"), Watching())
    assert "--dangerously-bind" in refused.value.hint


def test_a_port_that_is_taken_is_told() -> None:
    from rtdebug.api.watching_proxy import Listening, watch_proxy

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{port}"):
            watch_proxy(Listening("127.0.0.1", port, "ws://127.0.0.1:1"), Watching())


# -- disks ---------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_made_is_told_before_the_port_is_open(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(UsageError, match="expected a folder"), watching_proxy("mock", capture=file):
        pass
    below = file / "below"
    with (
        pytest.raises(UnreadableError, match="no captures can"),
        watching_proxy("mock", capture=below),
    ):
        pass


def test_a_folder_that_vanishes_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "captures"
    with mock() as url, watching_proxy(url, capture=folder) as proxy:
        folder.rmdir()
        with app(proxy.url) as connection:
            events = text_turn(connection)
    assert proxy.code == 0
    assert received(folder / "conn-0001.jsonl") == events


def test_a_folder_that_cannot_be_written_any_more_costs_the_capture_alone(tmp_path: Path) -> None:
    folder = tmp_path / "captures"
    with mock() as url, watching_proxy(url, capture=folder) as proxy:
        folder.rmdir()
        folder.write_text("a file now", encoding="utf-8")
        with app(proxy.url) as connection:
            text_turn(connection)
    assert proxy.code == 0
    assert "the connection is not captured: " in proxy.text


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 64 KiB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("a tiny disk can only be mounted by root")
    yield folder
    subprocess.run(["umount", folder], check=False)


def test_a_full_disk_costs_the_capture_and_nothing_else(tiny: Path) -> None:
    def talk(connection: ServerConnection) -> None:
        connection.send(json.dumps(CREATED))
        for _ in range(100):
            connection.send(json.dumps({"type": "later.invented", "text": "x" * 2000}))
        connection.close()

    with (
        peer(talk) as url,
        watching_proxy(url.partition("/v1")[0], capture=tiny) as proxy,
        app(proxy.url) as connection,
    ):
        assert to_the_end(connection) == 101
    assert proxy.code == 0
    assert "the capture is not whole: " in proxy.text
    assert "No space left on device" in proxy.text
    assert 20 < len(records(tiny / "conn-0001.jsonl")) < 40  # each of them whole


def test_what_is_kept_is_bounded_over_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rtdebug.api.watching_proxy._ROWS", 12)
    monkeypatch.setattr("rtdebug.api.watching_proxy._FEWEST_ROWS", 3)
    with mock() as url, watching_proxy(url) as proxy, app(proxy.url) as one, app(proxy.url) as two:
        first, second = text_turn(one), text_turn(two)
    assert proxy.watched is not None
    rows = {run.name: len(run.timeline) for run in proxy.watched.report.runs}
    assert rows["connection 2"] == 12
    assert rows["connection 1"] > rows["connection 2"]
    assert len(first) == len(second) > 12  # all were judged
