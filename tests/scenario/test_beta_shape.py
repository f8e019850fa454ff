"""The beta over the responder: every event is one of its pack, and no turn is left open."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from rtdebug.model.commands import Close, Send
from rtdebug.model.records import Event, Opened, Sender
from rtdebug.packs.load import load_pack
from rtdebug.scenario.mock_script import MockScript, Transcription
from rtdebug.scenario.responder import Responder
from rtdebug.scenario.responder_sound import speak
from rtdebug.scenario.vocabulary import vocabulary_of

PACK = load_pack("openai-realtime-beta")
CHECK = vocabulary_of("openai-realtime").check_event
OPENAI = "ws://127.0.0.1:1/v1/realtime?model=gpt-4o-realtime-preview"
AZURE = "ws://127.0.0.1:1/openai/realtime?api-version=2025-04-01-preview&deployment=mine"
HELLO = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
TOOL = {"type": "function", "name": "get_weather", "parameters": {"type": "object"}}


class Beta:
    """A client of the beta; each event it gets must be clean by the beta's own pack."""

    def __init__(self, url: str = OPENAI, *, beta: bool = True, script: MockScript | None = None):
        self.responder = Responder(script, check_event=CHECK, beta=beta)
        self.heard: list[dict[str, Any]] = []
        self.closed = False
        headers = (("OpenAI-Beta", "realtime=v1"),)
        self._take(self.responder.observe(Opened(0.0, url, headers=headers)))

    def send(self, type_: str, **fields: Any) -> list[dict[str, Any]]:
        event = Event(1, 0.0, Sender.CLIENT, type_, {"type": type_, **fields})
        seen = len(self.heard)
        self._take(self.responder.observe(event))
        while self.responder.deadline is not None:
            self._take(self.responder.advance(self.responder.deadline))
        return self.heard[seen:]

    def _take(self, commands: Any) -> None:
        for command in commands:
            if isinstance(command, Close):
                self.closed = True
                continue
            assert isinstance(command, Send)
            event = json.loads(command.data)
            kind = PACK.kind(Sender.SERVER, event["type"])
            assert kind is not None, event
            assert kind.is_clean(event), [*kind.faults(event), *kind.unknown(event)]
            self.heard.append(event)


def types(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


@pytest.mark.parametrize(("url", "beta"), [(OPENAI, True), (AZURE, False)])
def test_a_text_turn(url: str, beta: bool) -> None:
    client = Beta(url, beta=beta)
    settings = {"modalities": ["text"], "temperature": 0.7, "input_audio_format": "g711_ulaw"}
    (updated,) = client.send("session.update", session=settings)
    session = updated["session"]
    assert {name: session[name] for name in settings} == settings
    assert session["turn_detection"]["type"] == "server_vad"
    assert types(client.send("conversation.item.create", item=HELLO)) == [
        "conversation.item.created"
    ]
    said = client.send("response.create", response={"metadata": {"a": "b"}})
    assert said[0]["response"]["metadata"] == {"a": "b"}
    assert types(said[1:4]) == [
        "response.output_item.added",
        "conversation.item.created",
        "response.content_part.added",
    ]
    assert {"response.text.delta", "response.text.done"} < set(types(said))
    (done,) = (event["response"] for event in said if event["type"] == "response.done")
    assert done["output"][0]["content"][0]["type"] == "text"
    assert (done["modalities"], done["temperature"]) == (["text"], 0.7)


def test_speech_is_answered_with_speech() -> None:
    client = Beta(script=MockScript(transcription=Transcription("Hello")))
    client.send("session.update", session={"input_audio_transcription": {"model": "whisper-1"}})
    sound = base64.b64encode(speak(0.4) + bytes(48 * 400)).decode()
    said = types(client.send("input_audio_buffer.append", audio=sound))
    assert said[:4] == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.created",
    ]
    assert {
        "conversation.item.input_audio_transcription.completed",
        "response.audio.delta",
        "response.audio_transcript.done",
        "response.done",
    } < set(said)


def test_a_function_is_called() -> None:
    client = Beta()
    client.send("session.update", session={"modalities": ["text"], "tools": [TOOL]})
    client.send("response.create", response={"input": [HELLO], "tool_choice": "required"})
    (done,) = (
        event for event in client.heard if event["type"] == "response.function_call_arguments.done"
    )
    output = {"type": "function_call_output", "call_id": done["call_id"], "output": "21"}
    client.send("conversation.item.create", item=output)
    said = client.send("response.create")
    assert "Here is what I found: 21." in [event.get("text") for event in said]


def test_what_only_ga_has_is_refused() -> None:
    (error,) = Beta().send("session.update", session={"type": "realtime"})
    assert error["error"]["param"] == "session.type"


def test_a_transcription_session() -> None:
    client = Beta("ws://127.0.0.1:1/v1/realtime?intent=transcription")
    assert types(client.heard) == ["transcription_session.created"]
    wanted = {"input_audio_transcription": {"model": "whisper-1"}}
    (updated,) = client.send("transcription_session.update", session=wanted)
    assert updated["session"]["input_audio_transcription"]["model"] == "whisper-1"


def test_on_openais_own_path_it_is_refused_as_live() -> None:
    client = Beta(beta=False)
    assert [one["error"]["code"] for one in client.heard] == ["beta_api_shape_disabled"]
    assert client.closed
