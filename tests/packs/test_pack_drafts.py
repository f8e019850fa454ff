"""Packs made from a document or a recording are whole at once: checked, judged by, held against."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from rtdebug.api.checking import check_pack
from rtdebug.api.diagnosing import diagnose_files
from rtdebug.api.pack_drafts import new_pack
from rtdebug.api.pack_drift import drift
from rtdebug.errors import DocumentError, UnreadableError, UsageError
from rtdebug.model.findings import Severity

HERE = Path(__file__).with_name("drafts")


def made(folder: Path, source: str, channel: str | None = None, says: str | None = None) -> Any:
    new_pack(str(HERE / source), channel, says, folder)
    assert check_pack(folder) == []
    return yaml.safe_load((folder / "pack.yaml").read_text("utf-8"))


def session(folder: Path, *rows: tuple[str, Any]) -> str:
    """A recording of these messages, a second apart."""
    lines: list[Any] = [{"rtdebug_capture": 1, "pack": str(folder)}, OPENED]
    for seq, (sender, what) in enumerate(rows, 1):
        key = "binary" if isinstance(what, str) else "event"
        lines.append({"seq": seq, "at": float(seq), "from": sender, key: what})
    end = {"at": len(rows) + 60.0, "closed": {"code": 1000, "reason": "", "by": "client"}}
    path = folder.parent / "session.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in (*lines, end)))
    return str(path)


def found(folder: Path, *rows: tuple[str, Any]) -> set[str]:
    (run,) = diagnose_files([session(folder, *rows)], pack=str(folder)).runs
    return {one.name for one in run.findings if one.severity is not Severity.INFO}


OPENED = {
    "at": 0.0,
    "opened": {
        "url": "wss://eu.parlour.example",
        "subprotocol": None,
        "headers": [],
        "status": 101,
    },
}
SERVER, CLIENT = "server", "client"
TALK: tuple[tuple[str, Any], ...] = (
    (SERVER, {"kind": "Welcome", "session_id": "s"}),
    (CLIENT, {"kind": "Settings", "voice": "ash"}),
    (SERVER, {"kind": "SettingsApplied", "more": 1}),
    (CLIENT, {"microphone_audio": "AAAA"}),
    (CLIENT, {"kind": "UserMessage", "text": "hi"}),
    (SERVER, {"kind": "ToolCall", "call": {"call_id": "c"}}),
    (CLIENT, {"kind": "ToolResult", "call_id": "c"}),
    (SERVER, {"kind": "AgentReplyPart", "mood": "odd", "text": None}),
    (SERVER, "AAAA"),
    (SERVER, {"kind": "AgentReplyDone"}),
)


def test_a_document_of_version_2_is_a_pack(tmp_path: Path) -> None:
    pack = made(tmp_path / "parlour", "two.yaml", "/talk", "publish")
    assert pack["name"] == {"field": "kind", "keys": ["microphone_audio"]}
    assert pack["binary"] == {"server": "audio.out"}
    assert pack["urls"] == [r"^wss?://[^/]+\.parlour\.example/v1/talk"]
    assert pack["opens"] == {"first": "server", "begins": "greeting", "within": "5s"}
    assert pack["error"] == {"code": ["/code"], "message": ["/reason"]}
    assert pack["facts"]["server"]["ToolCall"] == {"is": "tool.call", "id": "/call/call_id"}
    assert pack["signs"] == {"Welcome": ["/session_id"]}
    asks = {row["ask"]: row["finding"] for row in pack["calls"]}
    assert asks == {"tool.call": "tool-output-missing", "user.turn": "turn-unanswered",
                    "setup": "setup-unanswered", "update-prompt": "request-unanswered"}  # fmt: skip
    assert "4008" in (tmp_path / "parlour/errors.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("rows", "findings"),
    [
        (TALK, set()),
        (TALK[1:2], {"no-session-created", "setup-unanswered"}),
        (TALK[:2], {"setup-unanswered"}),
        (TALK[:5], {"turn-unanswered"}),
        (TALK[:6], {"tool-output-missing"}),
        (TALK[:9], {"turn-stalled"}),
    ],
)
def test_a_draft_finds_silence_at_once(
    tmp_path: Path, rows: tuple[tuple[str, Any], ...], findings: set[str]
) -> None:
    folder = tmp_path / "parlour"
    made(folder, "two.yaml", "/talk", "publish")
    assert found(folder, *rows) == findings


def test_a_client_is_held_against_the_schema_and_a_server_is_not_by_what_is_new(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "parlour"
    made(folder, "two.yaml", "/talk", "publish")
    assert found(folder, *TALK) == set()
    wrong = (CLIENT, {"kind": "UserMessage", "txt": "hi"})
    assert "invalid-event" in found(folder, *TALK[:4], wrong)


def test_a_document_of_version_3_tells_its_directions_by_its_words(tmp_path: Path) -> None:
    pack = made(tmp_path / "scribble", "three.yaml")
    assert pack["name"] == {"field": "message"}
    assert list(pack["facts"]["client"]) == ["StartTranscript", "EndOfStream"]
    assert "AddPartialText" in pack["facts"]["server"]
    assert pack["binary"] == {"client": "audio.in"}
    assert pack["opens"] == {"first": "client", "begins": "setup.done"}
    assert pack["ends"] == ["ended"]
    assert pack["error"]["message"] == ["/reason"]


@pytest.mark.parametrize(
    ("source", "channel", "says", "told"),
    [
        ("two.yaml", None, None, "--channel /talk"),
        ("two.yaml", "/walk", None, "/other"),
        ("seen.jsonl", "/talk", None, "leave it out"),
    ],
)
def test_what_is_lacking_is_asked_for(
    tmp_path: Path, source: str, channel: str | None, says: str | None, told: str
) -> None:
    with pytest.raises(UsageError) as wrong:
        new_pack(str(HERE / source), channel, says, tmp_path / "p")
    assert told in wrong.value.hint
    assert not (tmp_path / "p").exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(UsageError):
        new_pack(str(HERE / "three.yaml"), None, None, tmp_path)


@pytest.mark.parametrize("text", ["", "no log at all", "{}", "asyncapi: 1.2.0", "asyncapi: 2.0.0\nchannels: {a: 3}", "asyncapi: 3.0.0\nchannels: {a: {}}\noperations: [b]", "asyncapi: [",
                                  "asyncapi: 2.0.0\nchannels: {a: {publish: {message: {$ref: other.yaml}}}}",
                                  "asyncapi: 2.0.0\nchannels: {a: {publish: {message: {$ref: '#/b'}}}}\nb: {$ref: '#/b'}"])  # fmt: skip
def test_what_is_neither_is_told_so(tmp_path: Path, text: str) -> None:
    source = tmp_path / "source"
    source.write_text(text)
    with pytest.raises((UsageError, UnreadableError, DocumentError)) as wrong:
        new_pack(str(source), None, "publish" if "asyncapi" in text else None, tmp_path / "p")
    assert isinstance(wrong.value, DocumentError) or wrong.value.hint


def test_a_recording_is_a_pack_with_what_followed_what(tmp_path: Path) -> None:
    pack = made(tmp_path / "seen", "seen.jsonl")
    assert pack["name"] == {"field": "kind"}
    assert pack["facts"]["client"]["tool_result"] == {"is": "tool.result", "id": "/call_id"}
    asks = {row["ask"]: row["by"] for row in pack["calls"]}
    assert asks["fetch"] == ["fetch.answer"]
    assert pack["facts"]["server"]["page"] == "fetch.answer"
    assert pack["opens"]["first"] == "server"


def test_drift_is_what_recordings_have_otherwise(tmp_path: Path) -> None:
    folder = tmp_path / "parlour"
    made(folder, "two.yaml", "/talk", "publish")
    seen = drift(folder, [session(folder, *TALK)])
    said = [one.message for one in seen.wrong]
    assert len(said) == 2
    assert "more" in said[0] + said[1]
    assert any("Leave never came" in one.message for one in seen.unproved)
    others = (*TALK, (SERVER, {"kind": "News"}), (SERVER, {"kind": "UserMessage"}))
    words = " ".join(one.message for one in drift(folder, [session(folder, *others)]).wrong)
    assert "News" in words
    assert "UserMessage is the client's here" in words
    row = {one.message: one.location.line for one in seen.unproved}
    lines = (folder / "pack.yaml").read_text("utf-8").splitlines()
    assert "Leave" in lines[row["Leave never came from the client"] - 1]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("server/Error.json", "{", "Error.json"),
        ("server/Error.json", '{"type": "objekt"}', "no JSON Schema"),
        ("server/Error.json", '{"$ref": "https://elsewhere.example/x"}', "no JSON Schema"),
        ("server/Eror.json", "{}", "the pack has no Eror"),
    ],
)
def test_a_schema_that_is_none_is_told_at_its_place(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    folder = tmp_path / "parlour"
    made(folder, "two.yaml", "/talk", "publish")
    (folder / name).write_text(text)
    (error,) = check_pack(folder)
    assert told in f"{error.location}: {error.message}"


@pytest.mark.parametrize(
    ("source", "ways"),
    [("two.yaml", ("publish", "send")), ("three.yaml", ("subscribe", "receive"))],
)
def test_both_words_of_an_action_mean_the_same(
    source: str, ways: tuple[str, str], tmp_path: Path
) -> None:
    channel = "/talk" if source == "two.yaml" else None
    one, two = (made(tmp_path / way, source, channel, way)["facts"] for way in ways)
    assert one == two
    assert set(one) == {"client", "server"}
