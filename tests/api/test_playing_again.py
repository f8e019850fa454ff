"""Recordings that play again: what every shipped scenario recorded becomes a scenario that passes
against the same server, and a script that says the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rtdebug import resources
from rtdebug.api.checking import check_files
from rtdebug.api.converting import Conversion
from rtdebug.api.mock_scripts import mock_script
from rtdebug.api.playing import Wishes, play_scenario
from rtdebug.documents import load_document
from rtdebug.errors import UsageError
from rtdebug.model.results import Outcome, Run
from rtdebug.reports.document_error import render
from rtdebug.scenario.document import Scenario
from rtdebug.scenario.load import Given, load_scenario
from rtdebug.scenario.mock_reader import load_mock_script
from rtdebug.scenario.vocabulary import vocabulary_of
from rtdebug.wire.mock import serve_mock

WORKING = sorted(resources.scenarios("openai-realtime").glob("*.yaml"))
BROKEN = sorted(resources.scenarios("gallery").glob("*.yaml"))
REFUSED = resources.scenarios("no-session", "handshake-401-unauthorized.yaml")


def loaded(path: Path, **env: str) -> Scenario:
    return load_scenario(load_document(path), Given(env=env))


def converted(capture: Path, to: str) -> Path:
    path = capture.with_suffix(f".{to}.yaml")
    Conversion(str(capture), to).write(path)
    return path


async def recorded(path: Path, folder: Path, again: list[Path]) -> tuple[Run, Run]:
    """Plays a scenario, converts what was recorded, and plays that against the same server."""
    scenario = loaded(path)
    check = vocabulary_of(scenario.pack).check_event
    async with serve_mock(mock_script(scenario), check_event=check) as server:
        capture = folder / f"{path.stem}.jsonl"
        first = await play_scenario(scenario, Wishes(url=server.url), capture=capture)
        again.append(converted(capture, "scenario"))
        second = await play_scenario(loaded(again[0]), Wishes(url=server.url))
    return first, second


@pytest.mark.parametrize("path", [*WORKING, *BROKEN], ids=lambda path: path.stem)
def test_what_was_recorded_passes_against_the_same_server(path: Path, tmp_path: Path) -> None:
    again: list[Path] = []
    first, second = asyncio.run(recorded(path, tmp_path, again))
    text = again[0].read_text(encoding="utf-8")
    ((_, errors),) = check_files([str(again[0])]).items()
    assert not errors, "\n".join(map(render, errors))
    assert second.outcome is Outcome.PASSED, (
        [step for step in second.steps if step.outcome is not Outcome.PASSED], second.findings, text[:6000]
    )  # fmt: skip
    assert first.client <= second.client or first.outcome is not Outcome.PASSED


@pytest.mark.parametrize("path", WORKING, ids=lambda path: path.stem)
def test_the_script_of_a_recording_says_the_same(path: Path, tmp_path: Path) -> None:
    """The scenario plays against the script that stands in it, and against the one alone."""
    capture = tmp_path / f"{path.stem}.jsonl"
    first = asyncio.run(play_scenario(loaded(path), Wishes(), capture=capture))
    again = loaded(converted(capture, "scenario"))
    second = asyncio.run(play_scenario(again, Wishes()))
    assert second.outcome is Outcome.PASSED, second.steps
    assert [one.status for one in second.responses] == [one.status for one in first.responses]
    assert load_mock_script(converted(capture, "mock")).replies == mock_script(again).replies


def test_without_a_session_there_is_nothing_to_play_again(tmp_path: Path) -> None:
    capture = tmp_path / "refused.jsonl"
    asyncio.run(play_scenario(loaded(REFUSED), Wishes(), capture=capture))
    with pytest.raises(UsageError, match="nothing of the server"):
        converted(capture, "scenario")


def test_ids_of_the_server_are_captured_where_they_were_said(tmp_path: Path) -> None:
    capture = tmp_path / "tool.jsonl"
    path = resources.scenarios("openai-realtime", "tool-round.yaml")
    asyncio.run(play_scenario(loaded(path), Wishes(), capture=capture))
    text = converted(capture, "scenario").read_text(encoding="utf-8")
    assert "capture: {call: call_id}" in text
    assert 'call_id: "${call}"' in text
    assert "call_000001" not in text


def test_words_that_look_like_the_language_are_only_words(tmp_path: Path) -> None:
    words = "${env.HOME} # no comment\u202e: {x: [1]}\n- 'a' \"b\""
    log = tmp_path / "log.jsonl"
    import json

    sent = {"type": "conversation.item.create", "item": {"type": "message", "role": "user",
            "content": [{"type": "input_text", "text": words}]}}  # fmt: skip
    log.write_text("\n".join(json.dumps(one) for one in (
        {"at": 0.0, "from": "server", "event": {"type": "session.created", "event_id": "e1", "session": {"type": "realtime", "id": "s"}}},
        {"at": 0.1, "from": "client", "event": sent})))  # fmt: skip
    scenario = loaded(converted(log, "scenario"), HOME="secret")
    (step,) = [step for step in scenario.steps if step.head.label.startswith("send")]
    assert step.event["item"]["content"][0]["text"] == words.replace("${", "$${")  # type: ignore[union-attr]


def test_audio_that_was_not_kept_cannot_be_sent_again(tmp_path: Path) -> None:
    capture = tmp_path / "audio.jsonl"
    path = resources.scenarios("openai-realtime", "audio-turn-commit.yaml")
    asyncio.run(play_scenario(loaded(path), Wishes(no_audio=True), capture=capture))
    with pytest.raises(UsageError, match="audio was not kept"):
        converted(capture, "scenario")
