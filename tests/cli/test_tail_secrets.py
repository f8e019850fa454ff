"""Secrets that go through a proxy, or are typed, reach the server and nothing that is left."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from calling import CREATED, Called, peer, process
from tailing import Proxy, app, proxy, to_the_end
from test_secrets import HEADERS, MARK, QUERY, TEXTS, TOOL, echo, everything, refuse
from websockets.exceptions import InvalidStatus
from websockets.sync.server import ServerConnection

PROTOCOLS = ["realtime", "openai-insecure-api-key.cnry10-anything"]


def _options(tmp_path: Path) -> list[str]:
    out = tmp_path / "out"
    out.mkdir()
    reports = [f"--report={form}={out / form}" for form in ("ndjson", "json", "junit")]
    return [*reports, "--capture", str(out / "captures"), "--redact", "cnry21w[a-z]+",
            "--redact", "cnry23[a-z-]+",
            "--verbose", "--timeout", "500ms", "--no-fold"]  # fmt: skip


def _sent(**more: Any) -> dict[str, Any]:
    """Headers as an app sends them; cookies and proxy's do not pass a relay, and the others do."""
    headers = {name: value for name, value in HEADERS.items() if "WebSocket" not in name}
    return {"additional_headers": headers, "subprotocols": PROTOCOLS, **more}


def _clean(left: str) -> None:
    assert MARK not in left, left[max(0, left.find(MARK) - 200) : left.find(MARK) + 40]


def test_no_planted_secret_leaves_a_proxy(tmp_path: Path) -> None:
    seen: list[str] = []

    def talk(connection: ServerConnection) -> None:
        assert connection.request is not None
        seen.append(str(connection.request.headers) + connection.request.path)
        echo(connection)

    with (
        peer(talk, subprotocols=["realtime"]) as server,
        proxy(server.partition("/v1")[0], *_options(tmp_path)) as tail,
    ):
        with app(f"{tail.url}&{QUERY}", **_sent()) as connection:
            update = {"type": "session.update", "session": {"type": "realtime", "tools": [TOOL]}}
            connection.send(json.dumps(update))
            assert to_the_end(connection) > len(TEXTS)
        done = tail.end()
    for number in (1, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15):
        assert f"cnry{number:02}" in seen[0], "the proxy has to pass it on"
    left = everything(tmp_path / "out", done)
    _clean(left)
    assert left.count("[redacted]") > 50
    assert "session.updated" in left
    assert "4001" in left


def test_no_planted_secret_leaves_a_refusal_through_a_proxy(tmp_path: Path) -> None:
    with (
        peer(echo, process_request=refuse) as server,
        proxy(server.partition("/v1")[0], *_options(tmp_path)) as tail,
    ):
        with pytest.raises(InvalidStatus), app(f"{tail.url}&{QUERY}", **_sent()):
            pass
        done = tail.end()
    left = everything(tmp_path / "out", done)
    _clean(left)
    assert "handshake-401-unauthorized" in left


def test_no_planted_secret_is_told_of_requests_that_are_turned_away(tmp_path: Path) -> None:
    with proxy("ws://127.0.0.1:1?api-key=cnry11-aaaa", *_options(tmp_path)) as tail:
        for url in (f"{tail.url}&{QUERY}", f"{tail.url}/cnry12?key=cnry12-bbbb"):
            with (
                pytest.raises(InvalidStatus),
                app(url, **_sent(origin="http://x.test/?key=cnry13-c")),
            ):
                pass
        done = tail.end()
    _clean(everything(tmp_path / "out", done))


def test_what_is_typed_is_sent_and_not_shown(tmp_path: Path) -> None:
    heard: list[str] = []
    over = threading.Event()

    def talk(connection: ServerConnection) -> None:
        connection.send(json.dumps(CREATED))
        for _ in range(2):
            heard.append(str(connection.recv()))
        connection.close()
        over.set()

    lines = [
        json.dumps({"type": "session.update", "session": {"type": "realtime", "tools": [TOOL]}}),
        "> my key is sk-cnry16-0123456789abcdef",
        'nonsense with "Bearer cnry17.cnry17.cnry17" in it',
        '{"type": "response.create", "sk-cnry16-0123456789abcdef": 1',
    ]
    (tmp_path / "out").mkdir()
    with peer(talk) as url:
        done: Called = process("tail", url, stdin="\n".join(lines).encode())
    assert over.wait(5)
    assert "cnry24" in heard[0]
    assert "cnry16" in heard[1]
    _clean(everything(tmp_path / "out", done))
    assert "not sent" in done.out


def test_a_key_of_the_environment_is_known_whatever_its_shape_and_header() -> None:
    with peer(lambda connection: connection.close(4000, "cnry23-of-the-environment")) as url:
        done = process("tail", url, "--header", "X-Odd: ${env.MY_API_KEY}",
                       MY_API_KEY="cnry23-of-the-environment")  # fmt: skip
    _clean(done.out + done.err)
    assert "4000" in done.out


def test_a_key_in_the_upstream_is_not_part_of_the_banner() -> None:
    tail = Proxy("ws://127.0.0.1:1/v1?api-key=cnry11-aaaa")
    try:
        _clean("".join(tail.banner))
    finally:
        tail.drop()
