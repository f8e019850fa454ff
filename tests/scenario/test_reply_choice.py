"""Replies are chosen by what is asked, and without a script by good sense."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from playbook import Play

from rtdebug.documents import load_document
from rtdebug.scenario.mock_reader import read_mock_script
from rtdebug.scenario.mock_script import MockScript

TABLE = load_document(Path(__file__).parent / "replies.yaml")
CASES = TABLE.value["cases"]


@pytest.mark.parametrize("index", range(len(CASES)), ids=[case["name"] for case in CASES])
def test_what_is_asked_decides_what_is_said(index: int) -> None:
    case = CASES[index]
    tools = case.get("tools", [])
    tools = TABLE.value[tools] if isinstance(tools, str) else tools
    script = MockScript()
    if "script" in case:
        script = read_mock_script(case["script"], TABLE.error, path=("cases", index, "script"))
    play = Play(script)
    play.send(
        "session.update",
        session={
            "type": "realtime",
            "output_modalities": ["text"],
            "tools": tools,
            "tool_choice": case.get("choice", "auto"),
        },
    )
    for turn in case["turns"]:
        if "user" in turn:
            play.send("conversation.item.create", item=_message(turn["user"]))
        else:
            (call,) = play.events("response.function_call_arguments.done")[-1:]
            item = {"type": "function_call_output", "call_id": call["call_id"]}
            play.send("conversation.item.create", item={**item, "output": turn["output"]})
        play.send("response.create")
        play.until(play.at + 10)
        (done,) = play.events("response.done")[-1:]
        first = done["response"]["output"][0]
        if "text" in turn:
            assert first["content"][0]["text"] == turn["text"]
            continue
        ((name, arguments),) = turn["call"].items()
        assert (first["name"], json.loads(first["arguments"])) == (name, arguments)
        for tool in (one for one in tools if one["name"] == name):
            Draft202012Validator(tool["parameters"]).validate(arguments)


def _message(text: str) -> dict[str, Any]:
    content = [{"type": "input_text", "text": text}]
    return {"type": "message", "role": "user", "content": content}


def test_what_is_spoken_is_heard_without_a_transcription() -> None:
    script = read_mock_script(
        {
            "vad": [{"append": 1, "lasts": "20ms", "say": "How warm is it?"}],
            "reply": {"text": "You said: ${heard.text}"},
        },
        TABLE.error,
    )
    play = Play(script)
    play.send("session.update", session={"type": "realtime", "output_modalities": ["text"]})
    play.send("input_audio_buffer.append", audio="AAAA" * 4800)
    play.until(play.at + 10)
    (done,) = play.events("response.done")
    assert done["response"]["output"][0]["content"][0]["text"] == "You said: How warm is it?"
