"""Reads mock scripts: what they mean, and where they are wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playbook import script

from rtdebug import resources
from rtdebug.documents import load_document, parse_document
from rtdebug.errors import DocumentError
from rtdebug.scenario.mock_reader import KEYS, load_mock_script, read_mock_script
from rtdebug.scenario.mock_script import (
    Cue,
    Fail,
    Hangup,
    Insert,
    MockScript,
    Reply,
    Say,
    ScriptedCall,
)
from rtdebug.scenario.responder_names import CLIENT_EVENTS, SERVER_EVENTS

HERE = Path(__file__).parent
BROKEN: list[dict[str, Any]] = load_document(HERE / "broken_scripts.yaml").value
SCHEMA = json.loads(resources.schemas("rtdebug", "mock.schema.json").read_text())
# What only the reader can know: files, lengths in bytes, what a mock ever sends, close frames.
BEYOND_SCHEMA = (
    "no such file", "outside the folder", "123 bytes", "the mock sends no", "close frame",
    "no event is called", "has no error", "has no reason", "a reply says nothing",
    "an empty reply", "exclude each other", "expected base64", "path of a field",
    "no HTTP header", "at least 10ms", "nothing that is heard",
)  # fmt: skip


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["says"][:40])
def test_a_mistake_is_named_where_it_stands(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text(case["script"])
    with pytest.raises(DocumentError) as caught:
        load_mock_script(path)
    error = caught.value
    assert case["says"] in error.message
    assert case.get("hint", "") in error.hint
    assert [error.location.line, error.location.column] == case["at"]


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["says"][:40])
def test_the_schema_rejects_what_the_reader_does(case: dict[str, Any]) -> None:
    from jsonschema import Draft7Validator

    value = parse_document(case["script"], "script.yaml").value
    rejected = not Draft7Validator(SCHEMA).is_valid(value)
    assert rejected or any(words in case["says"] for words in BEYOND_SCHEMA)


def test_the_schema_knows_every_key_and_event() -> None:
    assert set(SCHEMA["properties"]) == set(KEYS)
    assert SCHEMA["definitions"]["client_event"]["enum"] == [*CLIENT_EVENTS, "connect"]
    assert SCHEMA["definitions"]["server_event"]["examples"] == list(SERVER_EVENTS)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"


@pytest.mark.parametrize("path", sorted((HERE / "playbooks").glob("*.yaml")), ids=lambda p: p.stem)
def test_the_schema_takes_what_the_reader_takes(path: Path) -> None:
    from jsonschema import Draft7Validator

    value = load_document(path).value[0]["script"]
    assert [error.message for error in Draft7Validator(SCHEMA).iter_errors(value)] == []


def test_an_empty_script_is_none() -> None:
    assert script("{}") == MockScript()


def test_replies_are_read_in_their_order() -> None:
    mock = script("replies: [{text: a}, {tool: {name: f, arguments: {b: [1, ü]}}}]")
    assert mock.replies == (Reply((Say("a"),)), Reply((ScriptedCall("f", '{"b":[1,"ü"]}'),)))


def test_arguments_may_be_broken_json() -> None:
    (reply,) = script("reply: {tool: {name: f, arguments: '{'}}").replies
    assert reply.outputs == (ScriptedCall("f", "{"),)


def test_failures_have_a_reason_unless_there_shall_be_none() -> None:
    assert script("reply: {status: failed, error: null}").replies[0].error is None
    plain = script("reply: {status: failed}").replies[0].error
    assert plain is not None
    assert plain["type"] == "server_error"


def test_faults_strike_in_a_fixed_order() -> None:
    mock = script(
        """
        close: {after: error, code: 3000, reason: x}
        insert: [{after: response.done, event: {type: ping}}, {on: connect, nth: 2, event: {type: a}}]
        error: {on: connect, code: invalid_api_key}
        stall: {after: ping}
        """.replace("        ", "")
    )
    fail, first, second, _stall, hangup = mock.strikes
    assert isinstance(fail, Fail)
    assert fail.error["code"] == "invalid_api_key"
    assert fail.error["type"] == "invalid_request_error"
    assert first == Insert(Cue(after="response.done"), {"type": "ping"})
    assert isinstance(second, Insert)
    assert second.cue == Cue(on="connect", nth=2)
    assert hangup == Hangup(Cue(after="error"), 3000, "x")


def test_a_sound_file_is_read_from_beside_the_script(tmp_path: Path) -> None:
    import wave

    with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(24_000)
        sound.writeframes(b"\1\0" * 240)
    document = parse_document("reply: {audio: {transcript: a, file: a.wav}}", "script.yaml")
    mock = read_mock_script(document.value, document.error, folder=tmp_path)
    assert mock.replies[0].outputs == (Say("a", sound=b"\1\0" * 240),)
    with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(b"\1\0" * 240)
    with pytest.raises(DocumentError, match="16000 Hz"):
        read_mock_script(document.value, document.error, folder=tmp_path)
