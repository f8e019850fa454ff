"""Over a hundred secrets, each by a name or a shape of its own, whole and in pieces, leave by no
way there is; ordinary texts that look like them stay, and neither makes or hides a finding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from calling import CREATED, Call, peer, process, say
from websockets.sync.server import ServerConnection

from rtdebug.redaction import DEFAULT
from rtdebug.secrets.names import names_a_secret

MARK = "cnry"
PARAMETERS = (
    "Api-Key", "apikey", "api_key", "auth_token", "authorization", "subscription-key", "password",
    "Ocp-Apim-Subscription-Key", "jwt", "X-Amz-Signature", "key", "token", "sig", "access_token",
    "client_secret", "X-Amz-Credential", "X-Amz-Security-Token", "api%5Fkey", "API%2DKEY", "passwd",
    "tOkEn", "client_secret_v2", "signingkey", "PaSs_pHrAsE", "access_tokens",
)  # fmt: skip
HEADERS = (
    "X-Access-Token", "X-Client-Secret", "X-Authorization", "X-Amz-Security-Token", "X-Auth-Token",
    "x-portkey-api-key", "Authorization", "api-key", "Cookie", "X-Api-Signature", "X-Secret-Key",
    "x-goog-api-key", "xi-api-key", "Proxy-Authorization",
)  # fmt: skip
MEMBERS = (
    "token", "password", "secret", "refresh_token", "id_token", "private_key", "secretKey",
    "apiSecret", "apiKey", "API_KEY", "client_secret", "clientSecret", "accessToken", "passphrase",
    "credential", "credentials", "signature", "authorization", "jwt", "auth", "openai_api_key",
    "AzureOpenAIKey", "session_token", "webhook_secret", "db_password", "api_key_2", "pwd",
    "ToKeN", "aPi_kEy", "pAsSwOrD", "SeCrEt", "token_v2", "apiKeyV3", "api key", "access.token",
    "pass_phrase", "encryptionkey", "refresh_tokens", "key", "KEY", "CREDENTIAL_V1", "my sig",
)  # fmt: skip
VARIABLES = (
    "AZURE_OPENAI_KEY", "LIVEKIT_API_SECRET", "OPENAI_API_KEY", "GITHUB_TOKEN", "DB_PASSWORD",
    "AWS_SECRET_ACCESS_KEY", "export HF_TOKEN", "TWILIO_AUTH_TOKEN", "MY_CREDENTIALS",
)  # fmt: skip
SHAPES = (
    "sk-proj-{}", "sk-{}1", "ek_{}", "gsk_{}1", "hf_{}1", "ghp_{}1", "xoxb-12-{}", "ya29.{}",
    "sk_live_{}", "Bearer {}1", "eyJhbGciOiJI.{}.c2ln", "xai-{}1", "github_pat_{}1", "npm_{}1",
    "wss://user:{}@example.test/", "openai-insecure-api-key.{}", "glpat-{}1", "sk%2D{}1",
    "sk\\u002d{}1",
)  # fmt: skip
COUNT = len(PARAMETERS) + len(HEADERS) + 2 * len(MEMBERS) + len(VARIABLES) + len(SHAPES)
ORDINARY = (
    "A bearer token proves it.", "the ring bearer carries it", "sk-learning is fun",
    "pk-something-like-that", '"total_tokens": 123', "max_output_tokens=10", '"key": "value"',
    "the secret: patience", "a task-force of many", "my password is long", "an author, authored",
    "the key of C minor", "token by token it comes", "https://example.test/a?model=m&page=2",
    "the signature dish", "caf\u00e9 100% sure", "no credentials needed",
)  # fmt: skip


def canaries() -> list[str]:
    """The values, one for each place."""
    return [f"{MARK}{number:03}Zq" for number in range(COUNT)]


def texts() -> list[str]:
    """A sentence for each parameter, header, variable and shape."""
    values = iter(canaries())
    return [
        *(f"see wss://example.test/v1?model=m&{name}={next(values)}&x=1" for name in PARAMETERS),
        *(f"{name}: {next(values)}" for name in HEADERS),
        *(f"{name}={next(values)} in the environment" for name in VARIABLES),
        *(f"it was {shape.format(next(values))} there" for shape in SHAPES),
    ]


def objects() -> list[dict[str, Any]]:
    """An object for each member, and one with it deep inside a text."""
    values = canaries()[-2 * len(MEMBERS) :]
    flat = [{name: value} for name, value in zip(MEMBERS, values, strict=False)]
    deep = zip(MEMBERS, values[len(MEMBERS) :], strict=True)
    return flat + [{"a": [{"b": json.dumps({"c": json.dumps({name: v})})}]} for name, v in deep]


def session(pieces: list[str], whole: str) -> list[tuple[str, dict[str, Any]]]:
    """An answer in pieces, and as a whole."""
    ids = {"response_id": "resp_1", "item_id": "item_1", "output_index": 0}
    item: dict[str, Any] = {"id": "item_1", "type": "message", "role": "assistant",
                            "status": "in_progress", "content": []}  # fmt: skip
    answer = {"id": "resp_1", "object": "realtime.response", "status": "in_progress", "output": []}
    part = {"type": "text", "text": whole}
    done = {**item, "status": "completed", "content": [{"type": "output_text", "text": whole}]}
    events: list[tuple[str, dict[str, Any]]] = [
        ("recv", CREATED),
        ("send", {"type": "response.create", "event_id": "ask_1"}),
        ("recv", {"type": "response.created", "response": answer}),
        ("recv", {"type": "response.output_item.added", "response_id": "resp_1", "output_index": 0,
                  "item": item}),
        ("recv", {"type": "response.content_part.added", **ids, "content_index": 0,
                  "part": {"type": "text", "text": ""}}),
        *(("recv", {"type": "response.output_text.delta", **ids, "content_index": 0,
                    "delta": piece}) for piece in pieces),
        ("recv", {"type": "response.output_text.done", **ids, "content_index": 0, "text": whole}),
        ("recv", {"type": "response.content_part.done", **ids, "content_index": 0, "part": part}),
        ("recv", {"type": "response.output_item.done", "response_id": "resp_1", "output_index": 0,
                  "item": done}),
        ("recv", {"type": "response.done", "response": {**answer, "status": "completed",
                                                        "output": [done]}}),
    ]  # fmt: skip
    for number, (_, event) in enumerate(events):
        event.setdefault("event_id", f"event_{number}")
    return events


def written(path: Path, events: list[tuple[str, dict[str, Any]]]) -> Path:
    """The events as a log of another tool."""
    rows = ({"ts": 5 + n / 8, "dir": way, "event": event} for n, (way, event) in enumerate(events))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def found(call: Call, log: Path) -> list[tuple[str, str, str]]:
    """Names, subjects and severities of what is found in a log."""
    (run,) = json.loads(call("diagnose", log, "--report", "json").out)["runs"]
    return sorted((one["name"], one["subject"] or "", one["severity"]) for one in run["findings"])


def outputs(call: Call, log: Path, folder: Path) -> str:
    """Everything that every command says of a log and makes of it."""
    told = [str(call("diagnose", log, "--verbose"))]
    for form in ("json", "junit"):
        told.append(str(call("diagnose", log, "--report", form)))
    told.append(str(call("tail", log, "--report", "ndjson", "--verbose")))
    told.append(str(call("tail", log, "--no-fold")))
    for form in ("jsonl", "har"):
        out = folder / f"out.{form}"
        call("convert", log, "--to", form, "-o", out)
        told += [out.read_text(), str(call("diagnose", out, "--verbose"))]
    return "\n".join(told)


def leaks(left: str) -> list[str]:
    return [one for one in canaries() if one in left]


def test_there_are_enough_of_them() -> None:
    assert COUNT >= 100
    assert len(ORDINARY) >= 13
    assert all(names_a_secret(name, alone=True) for name in MEMBERS)


def test_no_text_keeps_its_secret_and_ordinary_ones_stay_whole() -> None:
    assert leaks("\n".join(map(DEFAULT.text, texts()))) == []
    assert leaks(json.dumps([DEFAULT.payload(one)[0] for one in objects()])) == []
    assert leaks(DEFAULT.text(json.dumps(objects()))) == []
    assert [DEFAULT.text(text) for text in ORDINARY] == list(ORDINARY)


def test_no_canary_of_a_log_leaves(call: Call, tmp_path: Path) -> None:
    errors = [
        {"type": "error", "error": {"type": "server_error", "code": None, "message": text,
                                    "param": text}}
        for text in texts()
    ]  # fmt: skip
    updates = [
        {"type": "session.updated", "session": {**CREATED["session"], "metadata": one}}
        for one in objects()
    ]
    events = [("recv", CREATED), *(("recv", one) for one in (*errors, *updates))]
    for number, (_, event) in enumerate(events):
        event.setdefault("event_id", f"event_{number}")
    log = written(tmp_path / "a.jsonl", events)
    left = outputs(call, log, tmp_path)
    assert leaks(left) == []
    assert "example.test/v1?model=m" in left
    before = found(call, log)
    assert found(call, tmp_path / "out.jsonl") == before
    assert found(call, tmp_path / "out.har") == before


@pytest.mark.parametrize("size", [1, 2, 3, 5, 11, 100])
def test_ordinary_texts_in_pieces_change_no_verdict(call: Call, tmp_path: Path, size: int) -> None:
    for text in (*ORDINARY, "Authorization: Bearer yourtoken", '{"api_key": "abcdefgh"}',
                 "my password: hunter2, sk-proj-abcdefgh12345678"):  # fmt: skip
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        log = written(tmp_path / "a.jsonl", session(pieces, text))
        assert found(call, log) == []
        out = tmp_path / "out.jsonl"
        call("convert", log, "--to", "jsonl", "-o", out)
        assert found(call, out) == []
        out.unlink()


@pytest.mark.parametrize(
    ("pieces", "secret"),
    [
        (["key sk-proj-abcdefg", "hijklmnopq", "rstu done"], "hijklmnopq"),
        (["key sk-", "proj-abcdefghijklmnopq"], "abcdefghijklmnopq"),
        (["a s", "k-proj-abcdefghijklmnopq"], "abcdefghijklmnopq"),
        (["an ek_", "abcdefghijklmnopq now"], "abcdefghijklmnopq"),
        (['{"api_', 'key": "abcdef', 'ghijklmnopq"}'], "ghijklmnopq"),
        (["Bearer abc123def", "ghijklmnopq"], "ghijklmnopq"),
        (["AZURE_OPENAI_KEY=abc", "ghijklmnopq1"], "ghijklmnopq1"),
    ],
)
def test_a_secret_in_pieces_is_masked_once_it_is_known(
    call: Call, tmp_path: Path, pieces: list[str], secret: str
) -> None:
    log = written(tmp_path / "a.jsonl", session(pieces, "".join(pieces)))
    assert secret not in outputs(call, log, tmp_path)
    assert found(call, tmp_path / "out.jsonl") == found(call, log) == []


def test_a_mismatch_in_what_is_masked_is_found_again(call: Call, tmp_path: Path) -> None:
    log = written(tmp_path / "a.jsonl", session(["sk-proj-abcdef1234"], "sk-proj-abcdef9999"))
    left = outputs(call, log, tmp_path)
    assert "abcdef1234" not in left
    assert "abcdef9999" not in left
    before = found(call, log)
    assert "text-mismatch" in [name for name, _, _ in before]
    assert found(call, tmp_path / "out.jsonl") == before
    assert found(call, tmp_path / "out.har") == before


SCENARIO = """\
rtdebug: 1
timeout: 2s
target: {url: "URL/${env.A_TOKEN}/realtime?foo=${env.B_SECRET}"}
steps:
  - expect: session.created
  - send: {type: response.create}
  - expect: response.done
"""


def streamed(connection: ServerConnection) -> None:
    events = session(
        ["sk-proj-abcdefg", f"{MARK}777Zq and more"], f"sk-proj-abcdefg{MARK}777Zq and more"
    )
    say(connection, events[0][1])
    connection.recv()
    for way, event in events[1:]:
        if way == "recv":
            say(connection, event)


def test_values_of_the_environment_and_pieces_leave_no_live_run(tmp_path: Path) -> None:
    with peer(streamed) as url:
        base = url.partition("/v1")[0]
        (tmp_path / "a.yaml").write_text(SCENARIO.replace("URL", base))
        called = process(
            "run", tmp_path / "a.yaml", "-v", "--capture", tmp_path / "kept.jsonl",
            "--report", f"json={tmp_path / 'r.json'}", "--report", f"junit={tmp_path / 'j.xml'}",
            "--report", "terminal", A_TOKEN=f"{MARK}778Zq", B_SECRET=f"{MARK}779Zq",
        )  # fmt: skip
    kept = [path.read_text() for path in tmp_path.iterdir() if path.suffix != ".yaml"]
    assert MARK not in "\n".join((called.out, called.err, *kept))
    assert called.code == 0, called.err
    assert '"masked"' in (tmp_path / "kept.jsonl").read_text()
