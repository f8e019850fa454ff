"""Secrets planted wherever there is room for one appear nowhere: not on a screen, not in a
capture, a report, an error or a log line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from calling import CREATED, Call, Called, peer, process, say
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection

MARK = "cnry"  # part of every secret below
HEADERS = {
    "Authorization": "Bearer sk-cnry01-0123456789abcdef",
    "Proxy-Authorization": "Basic cnry02cnry02cnry02",
    "api-key": "cnry03-no-shape-at-all",
    "x-api-key": "cnry04-no-shape-at-all",
    "x-goog-api-key": "cnry05-no-shape-at-all",
    "xi-api-key": "cnry06-no-shape-at-all",
    "Cookie": "session=cnry07-no-shape",
    "Ocp-Apim-Subscription-Key": "cnry08-no-shape-at-all",
    "X-Auth-Token": "cnry09-no-shape-at-all",
    "Sec-WebSocket-Protocol": "realtime, openai-insecure-api-key.cnry10-anything",
}
QUERY = "api-key=cnry11-aaaa&key=cnry12-bbbb&token=cnry13-cccc&access_token=cnry14-d&sig=cnry15-e"
TEXTS = (
    "Incorrect API key provided: sk-cnry16***wxyz.",
    "Bearer cnry17.cnry17.cnry17 was refused",
    "the ephemeral key ek_cnry18cnry18 has expired",
    "the keys xai-cnry19cnry19cnry19cnry19 and AIzacnry20cnry20cnry20cnry20cnry20cnry2",
    "my own word cnry21word is secret too",  # by --redact
    "the header said cnry03-no-shape-at-all",
    "see https://host/v1?api-key=cnry22-in-a-text",
    "the environment said cnry23-of-the-environment",
)
TOOL = {"type": "mcp", "server_label": "x", "server_url": "https://x.example",
        "authorization": "cnry24-of-a-tool"}  # fmt: skip
SCENARIO = """\
rtdebug: 1
timeout: 500ms
target: {{url: "{url}", headers: {{X-Secret: "${{env.MY_API_KEY}}"}}}}
steps:
  - expect: session.created
  - send:
      type: session.update
      session: {{type: realtime, tools: [{tool}]}}
  - expect: {{type: session.updated, session: {{id: sess_9}}}}
"""
BROKEN = """\
rtdebug: 1
target: {headers: {Authorization: Bearer sk-cnry25-0123456789}, frobnicate: yes}
steps: [{expect: session.created}]
"""


def echo(connection: ServerConnection) -> None:
    """Greets with secrets, and answers with those of the request and more."""
    request = connection.request
    assert request is not None
    session = {**CREATED["session"], "client_secret": {"value": "cnry26-no-shape", "expires_at": 1}}
    say(connection, {**CREATED, "session": session})
    update = json.loads(connection.recv())
    say(connection, {"type": "session.updated", "event_id": "event_2",
                     "session": {**session, "tools": update["session"]["tools"]}})  # fmt: skip
    told = [*TEXTS, *(value for _, value in request.headers.raw_items()), request.path]
    for text in told:
        error = {"type": "invalid_request_error", "code": "x", "message": text, "param": text}
        say(connection, {"type": "error", "event_id": "event_3", "error": error})
    connection.send("no JSON, but sk-cnry16***wxyz and cnry03-no-shape-at-all")
    connection.close(4001, "key cnry03-no-shape-at-all, sk-cnry16***wxyz")


def refuse(connection: ServerConnection, request: Request) -> Response:
    response = connection.respond(401, "wrong key sk-cnry16***wxyz, cnry03-no-shape-at-all\n")
    response.headers["Set-Cookie"] = "session=cnry27-of-the-server"
    response.headers["X-Echo"] = "Bearer cnry28cnry28cnry28"
    return response


def everything(folder: Path, called: Called) -> str:
    """All that a command left behind."""
    kept = [path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()]
    return "\n".join((called.out, called.err, *kept))


def options(tmp_path: Path) -> list[str]:
    """Every report, the capture, and all the headers."""
    out = tmp_path / "out"
    out.mkdir()
    found = ["--capture", str(out / "kept.jsonl"), "--verbose", "--redact", "cnry21w[a-z]+"]
    for form in ("json", "junit", "terminal"):
        found += ["--report", f"{form}={out / form}"]
    for name, value in HEADERS.items():
        found += ["--header", f"{name}: {value}"]
    return found


def test_no_planted_secret_leaves_a_run(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_KEY", "cnry23-of-the-environment")
    with peer(echo, subprotocols=["realtime"]) as url:
        (tmp_path / "a.yaml").write_text(
            SCENARIO.format(url=f"{url}&{QUERY}", tool=json.dumps(TOOL))
        )
        called = call("run", tmp_path / "a.yaml", *options(tmp_path))
    assert called.code == 1
    left = everything(tmp_path / "out", called)
    assert MARK not in left, left[max(0, left.find(MARK) - 200) : left.find(MARK) + 40]
    assert left.count("[redacted]") > 50
    assert "session.updated" in left


def test_no_planted_secret_leaves_a_refusal(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_KEY", "cnry23-of-the-environment")
    with peer(echo, process_request=refuse) as url:
        (tmp_path / "a.yaml").write_text(
            SCENARIO.format(url=f"{url}&{QUERY}", tool=json.dumps(TOOL))
        )
        called = call("run", tmp_path / "a.yaml", *options(tmp_path), "--report", "json")
    assert called.code == 3
    left = everything(tmp_path / "out", called)
    assert MARK not in left, left[max(0, left.find(MARK) - 200) : left.find(MARK) + 40]
    assert "handshake-401-unauthorized" in left


def test_no_planted_secret_leaves_a_tail(tmp_path: Path) -> None:
    update = json.dumps(
        {"type": "session.update", "session": {"type": "realtime", "tools": [TOOL]}}
    )
    with peer(echo, subprotocols=["realtime"]) as url:
        called = process(
            "tail", f"{url}&{QUERY}", *options(tmp_path), "--timeout", "2s",
            "--header", "X-Secret: ${env.MY_API_KEY}",
            stdin=update.encode() + b"\n", MY_API_KEY="cnry23-of-the-environment",
        )  # fmt: skip
    assert called.code == 1
    left = everything(tmp_path / "out", called)
    assert MARK not in left, left[max(0, left.find(MARK) - 200) : left.find(MARK) + 40]
    assert "session.updated" in left


@pytest.mark.parametrize("form", ["lines", "prose"])
def test_no_planted_secret_leaves_the_log_of_another(call: Call, tmp_path: Path, form: str) -> None:
    events = [
        {"type": "session.update", "session": {"type": "realtime", "tools": [TOOL]}},
        *({"type": "error", "error": {"type": "x", "message": text}} for text in TEXTS[:5]),
        {"type": "session.created", "session": {"client_secret": {"value": "cnry26-no-shape"}}},
    ]
    lines = [json.dumps(event) for event in events]
    if form == "prose":
        heads = [f"> {name}: {value}" for name, value in list(HEADERS.items())[:5]]
        lines = [f"> GET /v1/realtime?{QUERY}", *heads, *(f"got {line}" for line in lines)]
    log = tmp_path / "a.log"
    log.write_text("\n".join(lines) + "\n")
    (tmp_path / "out").mkdir()
    called = call(
        "diagnose", log, "--verbose", "--redact", "cnry21w[a-z]+",
        "--report", f"json={tmp_path / 'out' / 'json'}", "--report", f"junit={tmp_path / 'out' / 'x'}",
    )  # fmt: skip
    assert called.code == 1
    left = everything(tmp_path / "out", called)
    assert MARK not in left, left[max(0, left.find(MARK) - 200) : left.find(MARK) + 40]


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "a.yaml"],
        ["check", "a.yaml"],
        ["run", "a.yaml", "--report", "json"],
        ["run", "text-turn", "--header", "Authorization Bearer sk-cnry25-0123456789"],
        ["run", "text-turn", "--url", "ws://me:cnry29@host/"],
        ["run", "text-turn", "--url", "http://host/?api-key=cnry29-abc"],
        ["run", "text-turn", "--url", "wss://host:x/?api-key=cnry29-abc"],
        ["run", "text-turn", "--var", "sk-cnry25-0123456789"],
        ["run", "sk-cnry25-0123456789"],
        ["sk-cnry25-0123456789"],
        ["explain", "sk-cnry25-0123456789"],
        ["diagnose", "sk-cnry25-0123456789"],
        ["run", "text-turn", "--report", "sk-cnry25-0123456789"],
    ],
    ids=lambda arguments: " ".join(arguments[:3])[:40],
)
def test_no_planted_secret_leaves_an_error(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(BROKEN)
    called = call(*arguments)
    assert called.code == 2
    assert MARK not in called.out + called.err


def test_debug_logging_of_libraries_stays_silent(tmp_path: Path) -> None:
    """websockets logs headers at DEBUG, and a user's own sitecustomize may have asked for that."""
    (tmp_path / "sitecustomize.py").write_text("import logging; logging.basicConfig(level=10)\n")
    with peer(echo) as url:
        called = process(
            "run", "text-turn", "--url", f"{url}&{QUERY}", "--header",
            f"Authorization: {HEADERS['Authorization']}", PYTHONPATH=str(tmp_path),
        )  # fmt: skip
    assert called.code == 1
    assert MARK not in called.out + called.err


def test_a_place_is_no_secret_whatever_its_variable_is_called(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", str(tmp_path))
    monkeypatch.setenv("APP_PASSWORD", "hunter-two-and-more")
    told = call("diagnose", tmp_path / "hunter-two-and-more.log").err
    assert str(tmp_path) in told
    assert "hunter-two" not in told
