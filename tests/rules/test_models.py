"""What is known of models: which transcription models have no turn detection of the server."""

from __future__ import annotations

import pytest
from logs import Log, named
from sounds import SHORT, streamed

NAME = "turn-detection-unsupported"


def transcribing(model: str, *, vad: bool = True) -> Log:
    audio = {
        "input": {
            "format": {"type": "audio/pcm", "rate": 24000},
            "transcription": {"model": model},
            "turn_detection": {"type": "server_vad"} if vad else None,
        }
    }
    session = {"type": "transcription", "id": "s", "object": "realtime.transcription_session"}
    session["audio"] = audio  # type: ignore[assignment]
    return Log().opened().server("session.created", session=session)


@pytest.mark.parametrize(
    ("model", "vad", "told"),
    [
        ("gpt-realtime-whisper", True, True),
        ("gpt-realtime-whisper", False, False),
        ("gpt-4o-mini-transcribe", True, False),
    ],
)
def test_a_model_without_turns_needs_a_commit(model: str, vad: bool, told: bool) -> None:
    log = streamed(transcribing(model, vad=vad), SHORT, 40, 0.3)
    found = log.closed().judged()
    assert bool(named(found, NAME)) is told
    if told:
        (unheard,) = named(found, "vad-never-triggered")
        assert unheard.under == NAME


def test_who_commits_has_no_need_of_it() -> None:
    log = streamed(transcribing("gpt-realtime-whisper"), SHORT, 20, 0.3)
    log.client("input_audio_buffer.commit")
    log.server("input_audio_buffer.committed", item_id="i", previous_item_id=None)
    assert named(streamed(log, SHORT, 40, 0.3).closed().judged(), NAME) == []
