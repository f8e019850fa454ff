"""rtdebug packs: what is listed, made and checked, with its exit codes."""

from __future__ import annotations

from pathlib import Path

from calling import Call

from rtdebug.resources import scenarios

SESSION = scenarios() / "deepgram-agent/deepgram-agent.jsonl"


def test_the_protocols_are_listed_with_and_without_the_word(call: Call) -> None:
    assert call("packs").out == call("packs", "list").out
    assert "deepgram-agent" in call("packs").out


def test_a_pack_is_made_of_a_recording_checked_and_judged_by(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    made = call("packs", "new", "--from", SESSION, "-o", folder)
    assert (made.code, made.err) == (0, "")
    assert "5 client and 9 server events" in made.out
    assert call("check", folder).code == 0
    held = call("packs", "check", folder, SESSION)
    assert (held.code, held.err) == (0, "")
    assert "0 drifted, 0 never seen" in held.out
    assert call("diagnose", SESSION, "--pack", folder).code == 0


def test_drift_is_1_and_a_wrong_pack_is_2_at_its_place(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    call("packs", "new", "--from", SESSION, "-o", folder)
    file = folder / "pack.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("    ConversationText: note\n", ""), "utf-8")
    drifted = call("packs", "check", folder, SESSION)
    assert drifted.code == 1
    assert "drift: the server sends ConversationText, which the pack does not know" in drifted.out
    file.write_text(text.replace("ConversationText: note", "ConversationText: heard"), "utf-8")
    wrong = call("packs", "check", folder, SESSION)
    assert wrong.code == 2
    line = text.splitlines().index("    ConversationText: note") + 1
    assert f"pack.yaml:{line}:23: error: no row reads the fact heard" in wrong.out


def test_a_recording_without_messages_and_no_pack_are_told(call: Call, tmp_path: Path) -> None:
    assert call("packs", "check", tmp_path).code == 2
    assert "rtdebug packs new" in call("packs", "check", tmp_path).err
    assert call("packs", "new", "--from", tmp_path / "none", "-o", tmp_path / "p").code == 2
    folder, empty = tmp_path / "mine", tmp_path / "empty.jsonl"
    call("packs", "new", "--from", SESSION, "-o", folder)
    empty.write_text('{"rtdebug_capture": 1}\n')
    told = call("packs", "check", folder, empty)
    assert told.code == 2
    assert "expected messages, found none" in told.err
