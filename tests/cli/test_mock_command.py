"""``rtdebug mock``: a server for any client, from the shell."""

from __future__ import annotations

import json
import signal
import ssl
from pathlib import Path
from typing import Any

import pytest
from calling import Call
from mocking import running
from tailing import app, proxy, say, text_turn, to_the_end, until
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection

from rtdebug.api.chaos import chaos
from rtdebug.api.gallery_faults import fault_files, fault_script
from rtdebug.errors import UsageError
from rtdebug.scenario.mock_script import Fail, MockScript

TOOL = {"type": "function", "name": "look_up", "parameters": {
    "type": "object", "properties": {"place": {"type": "string"}}}}  # fmt: skip


def asks(client: ClientConnection, item: dict[str, Any]) -> dict[str, Any]:
    """Adds an item and asks for an answer; the first output of that."""
    say(client, "conversation.item.create", item=item)
    say(client, "response.create")
    output: dict[str, Any] = until(client, "response.done")[-1]["response"]["output"][0]
    return output


def user(text: str) -> dict[str, Any]:
    content = [{"type": "input_text", "text": text}]
    return {"type": "message", "role": "user", "content": content}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(number: signal.Signals) -> None:
    with running() as mock:
        assert mock.ready["base_url"] == mock.ready["env"]["OPENAI_BASE_URL"]
        assert mock.ready["pid"] == mock.child.pid
        with app(mock.url) as client:
            settings = {"type": "realtime", "output_modalities": ["text"], "tools": [TOOL]}
            say(client, "session.update", session=settings)
            assert asks(client, user("Hi"))["content"][0]["text"].startswith("Hello!")
            call = asks(client, user("What is the weather in Oslo?"))
            assert (call["name"], call["arguments"]) == ("look_up", '{"place":"Oslo"}')
            result = {"type": "function_call_output", "call_id": call["call_id"], "output": "21 C"}
            assert "21 C" in asks(client, result)["content"][0]["text"]
            say(client, "session.update", session={})
            until(client, "error")
            ended = mock.end(number)
            to_the_end(client)
    assert (ended.code, ended.out) == (0, "")
    assert "#1 connected: ws://127.0.0.1" in ended.err
    assert "error missing_required_parameter: Missing required parameter: 'session" in ended.err
    assert "#1 closed 1001 by the mock" in ended.err
    assert "ended after 1 connection\n" in ended.err


def test_tls_with_a_certificate_of_its_own() -> None:
    with running("--tls", "--quiet") as mock:
        trusted = mock.ready["env"]["NODE_EXTRA_CA_CERTS"]
        with app(mock.url, ssl=ssl.create_default_context(cafile=trusted)) as client:
            until(client, "session.created")
        assert "connected" not in mock.end().err
    assert not Path(trusted).exists()


def test_a_script_that_changes_is_read_anew(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text("reply: {text: One, modality: text}")
    with running("--script", script, "--watch") as mock:
        for text, told in (("reply: {txt: Two}", "unknown key 'txt'; the script before is served"),
                           ("reply: {text: Three, modality: text}", "has changed")):  # fmt: skip
            with app(mock.url) as client:
                assert asks(client, user("Hi"))["content"][0]["text"] == "One"
            script.write_text(text)
            mock.until(told)
        with app(mock.url) as client:
            assert asks(client, user("Hi"))["content"][0]["text"] == "Three"


def test_the_beta_is_served_when_it_is_asked_for() -> None:
    header = {"OpenAI-Beta": "realtime=v1"}
    with (
        running("--pack", "openai-realtime-beta") as mock,
        app(mock.url, additional_headers=header) as client,
    ):
        say(client, "response.create", response={"modalities": ["text"]})
        types = [event["type"] for event in until(client, "response.done")]
    assert "response.text.delta" in types


@pytest.mark.parametrize(
    ("name", "sent", "seen"),
    [
        ("response-stalled-after-created", ["response.create"], "rate_limits.updated"),
        ("commit-too-short", ["input_audio_buffer.commit"], "error"),
        ("output-deltas-missing", ["response.create"], "response.output_audio.done"),
    ],
)
def test_a_fault_is_shown_to_any_client(name: str, sent: list[str], seen: str) -> None:
    with running("--fault", name) as mock, app(mock.url) as client:
        for type_ in sent:
            say(client, type_)
        types = [event["type"] for event in until(client, seen)]
        assert "response.output_audio.delta" not in types


def test_a_refused_handshake() -> None:
    with (
        running("--fault", "handshake-429-throttled") as mock,
        pytest.raises(InvalidStatus) as refused,
        app(mock.url),
    ):
        pass
    assert refused.value.response.status_code == 429


def test_every_finding_of_the_gallery_is_served_or_said_to_be_the_clients_own() -> None:
    unserved = []
    for name in fault_files():
        try:
            assert fault_script(name) != MockScript()
        except UsageError:
            unserved.append(name)
    assert unserved == ["no-response-create"]


def test_a_client_s_fault_is_the_refusal_it_gets() -> None:
    (strike,) = fault_script("active-response-conflict").strikes
    assert isinstance(strike, Fail)
    assert (strike.cue.on, strike.cue.nth) == ("response.create", 2)
    assert strike.error["code"] == "conversation_already_has_active_response"


def test_the_list_of_faults(call: Call) -> None:
    listed = call("mock", "--fault", "list")
    assert listed.code == 0
    assert [line.split()[0] for line in listed.out.splitlines()] == sorted(fault_files())
    assert all(len(line) <= 80 for line in listed.out.splitlines())


def test_chaos_is_the_same_for_the_same_seed() -> None:
    lots = [chaos(MockScript(), "7", number) for number in range(1, 200)]
    assert lots == [chaos(MockScript(), "7", number) for number in range(1, 200)]
    kinds = {next(iter(json.loads(told))) for _, told in lots if told}
    assert kinds == {"stall", "end_early", "close", "insert", "raw", "drop", "delay", "error",
                     "reply", "refuse"}  # fmt: skip
    assert 20 < sum(script == MockScript() for script, told in lots if not told) < 80


def test_chaos_tells_each_lot() -> None:
    with running("--chaos", "7") as mock:
        _script, lot = chaos(MockScript(), "7", 1)
        try:
            with app(mock.url) as client:
                say(client, "response.create")
        except InvalidStatus:
            pass
        assert mock.until("chaos") == (f"#1 chaos: {lot}\n" if lot else "#1 chaos spares it\n")


@pytest.mark.parametrize(
    ("arguments", "said", "help_"),
    [
        (["--fault", "respons-stalled"], "no scenario of the gallery shows this", "response-stalled-"),
        (["--fault", "no-response-create"], "no server can do it", "rtdebug run"),
        (["--script", "a.yaml", "--fault", "b"], "--script and --fault both say what is", "leave one"),
        (["--script", "missing.yaml"], "missing.yaml: no such file", "check the path"),
        (["--replay", "a", "--fault", "b"], "--fault and --replay both say what", "leave one"),
        (["--replay", "missing"], "missing", "check the name"),
        (["--timing", "original"], "there is none", "--replay"),
        (["--watch"], "there is none", "--script"),
        (["--pack", "gemini-live"], "speaks openai-realtime and openai-realtime-beta", "--replay"),
        (["--listen", "0.0.0.0:0"], "expected a loopback address", "--dangerously-bind"),
        (["--listen", "here"], "expected HOST:PORT", "port 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_served_is_said_in_a_line(
    call: Call, arguments: list[str], said: str, help_: str
) -> None:
    called = call("mock", *arguments)
    assert (called.code, called.out) == (2, "")
    message, hint = called.err.splitlines()
    assert said in message
    assert help_ in hint


def test_a_port_that_is_taken(call: Call) -> None:
    with running() as mock:
        called = call("mock", "--listen", f"127.0.0.1:{mock.ready['port']}")
    assert called.code == 2
    assert called.err.startswith(f"error: cannot listen on 127.0.0.1:{mock.ready['port']}: address")


def test_a_script_that_is_wrong_is_shown_at_its_place(call: Call, tmp_path: Path) -> None:
    (tmp_path / "script.yaml").write_text("reply:\n  txt: Hello\n")
    called = call("mock", "--script", tmp_path / "script.yaml")
    assert called.code == 2
    assert "script.yaml:2:8: error: unknown key 'txt'" in called.err


def test_a_proxy_may_stand_before_a_script(call: Call, tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text("reply: {text: Scripted, modality: text}")
    with proxy(f"mock:{script}") as tail, app(tail.url) as client:
        assert "Scripted" in [event.get("text") for event in text_turn(client)]
    assert call("tail", "mock:").code == 2
    script.write_text("reply: {txt: a}")
    assert "script.yaml:1:14: error" in call("tail", f"mock:{script}").err


def test_a_recording_is_served_and_the_first_difference_decides(call: Call, tmp_path: Path) -> None:
    capture = tmp_path / "capture.jsonl"
    with proxy("mock", "--capture", f"{tmp_path}/captures/") as tail, app(tail.url) as client:
        recorded = [event["type"] for event in text_turn(client)]
        client.close()
        assert tail.end(signal.SIGTERM).code == 0
    (tmp_path / "captures" / "conn-0001.jsonl").rename(capture)
    with running("--replay", capture) as mock:
        with app(mock.url) as client:
            assert [event["type"] for event in text_turn(client)] == recorded
        with app(mock.url) as client:
            until(client, "session.created")
            say(client, "response.create", response={"instructions": "Be brief."})
            until(client, "response.done")
        told = mock.until("differs")
        assert "/response was absent, and is an object" in told
        ended = mock.end()
    assert ended.code == 1
    assert "ended after 2 connections, 1 not as recorded" in ended.err
    called = call("mock", "--replay", capture, "--pack", "gemini-live")
    assert (
        called.code,
        called.err.splitlines()[0].endswith("is a recording of openai-realtime"),
    ) == (2, True)


def test_a_recording_of_nothing_cannot_be_served(call: Call, tmp_path: Path) -> None:
    (tmp_path / "empty.log").write_text("nothing happened here\n")
    called = call("mock", "--replay", tmp_path / "empty.log")
    assert called.code == 2
    assert "expected a recording, found no message of a server in it" in called.err
