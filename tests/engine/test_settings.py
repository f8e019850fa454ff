"""The settings are what the server last said, and nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from building import Talk, event

from rtdebug.engine.fields import MISSING, at_pointer
from rtdebug.packs.load import load_pack
from rtdebug.protocols.openai_realtime.settings import Settings

PCM = {"type": "audio/pcm", "rate": 24000}


def settings(session: dict[str, Any] | None = None, pack: str = "openai-realtime") -> Settings:
    made = Settings(load_pack(pack))
    if session is not None:
        said = {"type": "session.updated", "event_id": "event_1", "session": session}
        made.updated(event(1, 0.1, "server", said))
    return made


def with_turns(value: Any) -> Settings:
    return settings({"audio": {"input": {"turn_detection": value}}})


def test_before_the_server_has_spoken_nothing_is_known() -> None:
    unknown = settings()
    assert not unknown.known
    assert unknown.vad is None
    assert unknown.creates_response is None
    assert unknown.transcribes is None
    assert unknown.modalities is None
    assert unknown.format_name("input_format") is None


@pytest.mark.parametrize(
    ("value", "vad", "creates"),
    [
        (None, False, False),
        ({"type": "server_vad"}, True, True),
        ({"type": "semantic_vad", "create_response": False}, True, False),
        ({"type": None}, False, False),
        ({"type": "server_vad", "create_response": None}, True, True),
    ],
)
def test_turn_detection(value: Any, vad: bool, creates: bool) -> None:
    assert with_turns(value).vad is vad
    assert with_turns(value).creates_response is creates


def test_turn_detection_that_is_not_mentioned_is_unknown() -> None:
    assert settings({"audio": {"input": {}}}).vad is None


@pytest.mark.parametrize(("value", "expected"), [(None, False), ({"model": "whisper-1"}, True)])
def test_transcription(value: Any, expected: bool) -> None:
    assert settings({"audio": {"input": {"transcription": value}}}).transcribes is expected


@pytest.mark.parametrize(
    ("format_", "rate"),
    [
        (PCM, 48.0),
        ({"type": "audio/pcm", "rate": 16000}, 32.0),
        ({"type": "audio/pcmu"}, 8.0),
        ({"type": "audio/pcma"}, 8.0),
        (None, 48.0),
    ],
)
def test_bytes_a_millisecond(format_: Any, rate: float) -> None:
    assert settings({"audio": {"input": {"format": format_}}}).audio_rate("input_format") == rate


def test_the_flat_settings_of_the_beta_are_read_by_its_pack() -> None:
    session = {"modalities": ["text"], "input_audio_format": "g711_ulaw", "turn_detection": None}
    beta = settings(session, "openai-realtime-beta")
    assert beta.modalities == ("text",)
    assert beta.audio_rate("input_format") == 8.0
    assert beta.vad is False


def test_what_is_asked_for_is_not_in_force() -> None:
    talk = Talk()
    talk.created()
    talk.ask_update()
    created, asked = talk.records(url=None)
    made = Settings(load_pack())
    made.created(created)  # type: ignore[arg-type]
    made.update_asked(asked)  # type: ignore[arg-type]
    assert made.modalities == ("audio",)
    assert made.asked["output_modalities"] == ["text"]
    assert made.first_update_seq == 2


@pytest.mark.parametrize(
    "session",
    [{"type": "transcription"}, {"object": "realtime.transcription_session"}],
)
def test_a_transcription_session_is_known_by_either_mark(session: dict[str, Any]) -> None:
    assert settings(session).transcription_only
    assert not settings({"type": "realtime", "object": "realtime.session"}).transcription_only


def test_a_pointer_to_nowhere_is_missing() -> None:
    assert at_pointer({"a": {"b": None}}, "/a/b") is None
    assert at_pointer({"a": {}}, "/a/b") is MISSING
    assert at_pointer({"a": []}, "/a/b") is MISSING
    assert at_pointer({"a": 1}, "") == {"a": 1}
