"""What the responder hears and says aloud."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from playbook import Play, script

from rtdebug.scenario.responder_sound import BYTES_PER_MS, encode, loudness, speak

MANUAL = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}
QUIET = b"\0\0"


def pcm(seconds: float, *, loud: bool = True) -> str:
    sound = speak(seconds) if loud else QUIET * round(24_000 * seconds)
    return base64.b64encode(sound).decode()


def append(play: Play, seconds: float, *, loud: bool = True) -> None:
    play.send("input_audio_buffer.append", audio=pcm(seconds, loud=loud))


def test_a_commit_makes_an_item_and_no_response() -> None:
    play = Play(script("transcription: Hello you"))
    transcription = {"model": "gpt-4o-transcribe"}
    play.send(
        "session.update",
        session={
            "type": "realtime",
            "audio": {"input": {"turn_detection": None, "transcription": transcription}},
        },
    )
    append(play, 1.0)
    play.send("input_audio_buffer.commit")
    play.until(10)
    committed, added, done, first, second, completed = play.events()[2:]
    assert [committed["type"], added["type"], done["type"]] == [
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
    ]
    assert committed["item_id"] == added["item"]["id"]
    assert added["item"]["content"] == [{"type": "input_audio", "transcript": None}]
    assert [first["delta"], second["delta"]] == ["Hello", " you"]
    assert completed["transcript"] == "Hello you"
    assert completed["usage"]["type"] == "tokens"
    assert completed["usage"]["input_tokens"] == 10


@pytest.mark.parametrize(("model", "kind"), [("whisper-1", "duration"), ("gpt-4o-x", "tokens")])
def test_transcription_usage_follows_the_model(model: str, kind: str) -> None:
    play = Play()
    session: dict[str, Any] = {"type": "realtime"}
    session["audio"] = {"input": {"turn_detection": None, "transcription": {"model": model}}}
    play.send("session.update", session=session)
    append(play, 1.2)
    play.send("input_audio_buffer.commit")
    play.until(1)
    (completed,) = play.events("conversation.item.input_audio_transcription.completed")
    assert completed["usage"]["type"] == kind
    if kind == "duration":
        assert completed["usage"]["seconds"] == 2


def test_a_failed_transcription_says_why() -> None:
    play = Play(
        script("transcription: {error: {type: x, code: audio_unintelligible, message: No.}}")
    )
    play.send(
        "session.update",
        session={"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1"}}}},
    )
    append(play, 0.2)
    play.send("input_audio_buffer.commit")
    play.until(1)
    (failed,) = play.events("conversation.item.input_audio_transcription.failed")
    assert failed["error"]["code"] == "audio_unintelligible"


def test_less_than_100_ms_is_not_committed() -> None:
    play = Play()
    play.send("session.update", session=MANUAL)
    append(play, 0.05)
    play.look()
    play.send("input_audio_buffer.commit", event_id="c")
    assert "buffer only has 50.00ms of audio" in play.error()["message"]
    append(play, 0.05)
    play.send("input_audio_buffer.commit")
    assert play.types()[0] == "input_audio_buffer.committed"
    play.send("input_audio_buffer.commit")
    assert "0.00ms" in play.error()["message"]


def test_speech_is_heard_and_answered_by_itself() -> None:
    play = Play()
    play.look()
    append(play, 0.5)
    append(play, 0.4, loud=False)
    assert play.types() == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
    ]
    started, stopped, committed, added = play.events()[1:5]
    ids = {started["item_id"], stopped["item_id"], committed["item_id"], added["item"]["id"]}
    assert len(ids) == 1
    assert 0 <= started["audio_start_ms"] < stopped["audio_end_ms"] <= 900


def test_silence_is_no_speech() -> None:
    play = Play()
    play.look()
    for _ in range(50):
        append(play, 0.2, loud=False)
    assert play.look() == []


def test_without_trailing_silence_speech_does_not_stop() -> None:
    play = Play()
    play.look()
    append(play, 1.0)
    play.until(60)
    assert play.types() == ["input_audio_buffer.speech_started"]


def test_positions_count_all_audio_of_the_session() -> None:
    play = Play()
    for _ in range(3):
        append(play, 0.5)
        append(play, 0.5, loud=False)
        play.until(play.at + 5)
    starts = [e["audio_start_ms"] for e in play.events("input_audio_buffer.speech_started")]
    ends = [e["audio_end_ms"] for e in play.events("input_audio_buffer.speech_stopped")]
    assert len(starts) == len(ends) == 3
    assert starts == sorted(starts)
    assert all(start < end for start, end in zip(starts, ends, strict=True))
    assert ends[-1] <= 3000
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_cues_take_the_place_of_hearing() -> None:
    mock = script("vad: [{after: 300ms, lasts: 100ms, say: Stop}, {append: 2, say: Now}]")
    play = Play(mock)
    play.send(
        "session.update",
        session={"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1"}}}},
    )
    play.look()
    append(play, 0.2, loud=False)
    assert play.look() == []
    append(play, 0.1, loud=False)
    assert play.types() == ["input_audio_buffer.speech_started"]
    append(play, 0.1, loud=False)
    assert play.types()[0] == "input_audio_buffer.speech_stopped"
    play.until(1)
    append(play, 0.1)
    append(play, 0.3)
    play.until(2)
    append(play, 5)
    completed = play.events("conversation.item.input_audio_transcription.completed")
    assert [each["transcript"] for each in completed] == ["Stop", "Now"]
    assert len(play.events("input_audio_buffer.speech_started")) == 2


@pytest.mark.parametrize(
    ("detection", "answers"),
    [
        ({"type": "server_vad", "create_response": True}, True),
        ({"type": "server_vad", "create_response": False}, False),
        ({"type": "semantic_vad", "eagerness": "high"}, True),
    ],
)
def test_create_response_decides_who_asks(detection: dict[str, Any], answers: bool) -> None:
    play = Play()
    play.send(
        "session.update",
        session={"type": "realtime", "audio": {"input": {"turn_detection": detection}}},
    )
    append(play, 0.5)
    append(play, 0.5, loud=False)
    assert bool(play.events("response.created")) is answers
    assert play.events("input_audio_buffer.committed")


def test_speech_interrupts_the_answer() -> None:
    play = Play(script("{reply: {audio: {transcript: One two three, duration: 3s}}, pace: 10ms}"))
    append(play, 0.5)
    append(play, 0.4, loud=False)
    play.until(0.1)
    heard = len(play.events("response.output_audio.delta"))
    assert heard > 3
    append(play, 0.5)
    (done,) = play.events("response.done")
    assert done["response"]["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
    order = [event["type"] for event in play.events()]
    assert order.index("response.done") > order.index("input_audio_buffer.speech_started")
    (item,) = play.events("response.output_item.done")
    assert item["item"]["status"] == "incomplete"
    # The client says how much of it was heard; what follows is forgotten.
    item_id = item["item"]["id"]
    play.look()
    play.send(
        "conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=100 * heard + 1
    )
    assert "is already shorter than" in play.error()["message"]
    play.send("conversation.item.truncate", item_id=item_id, content_index=1, audio_end_ms=0)
    assert play.error()["param"] == "content_index"
    play.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=0)
    assert play.types() == ["conversation.item.truncated"]
    play.send("conversation.item.retrieve", item_id=item_id)
    (retrieved,) = play.look()
    assert isinstance(retrieved, dict)
    assert retrieved["item"]["content"] == [{"type": "output_audio", "transcript": ""}]
    assert done["response"]["output"][0]["content"][0]["transcript"] != ""


def test_without_interrupt_response_the_answer_goes_on() -> None:
    detection = {"type": "server_vad", "interrupt_response": False}
    play = Play(script("{reply: {audio: {transcript: One two three, duration: 2s}}, pace: 10ms}"))
    play.send(
        "session.update",
        session={"type": "realtime", "audio": {"input": {"turn_detection": detection}}},
    )
    play.send("response.create")
    play.until(0.05)
    append(play, 0.5)
    append(play, 0.5, loud=False)
    play.until(5)
    (done,) = play.events("response.done")
    assert done["response"]["status"] == "completed"
    # The turn could not be answered: a response was still going on.
    (error,) = play.events("error")
    assert error["error"]["code"] == "conversation_already_has_active_response"
    assert error["error"]["event_id"] is None


def test_the_voice_stays_once_it_was_heard() -> None:
    play = Play(script("reply: {audio: {transcript: Hi, duration: 100ms}}"))
    marin = {"type": "realtime", "audio": {"output": {"voice": "marin"}}}
    play.send("session.update", session=marin)
    play.send("response.create")
    play.until(1)
    play.look()
    play.send("session.update", session={**marin, "instructions": "Kept."})
    assert play.types() == ["session.updated"]
    other = {"type": "realtime", "audio": {"output": {"voice": "cedar"}}, "instructions": "Lost."}
    play.send("session.update", session=other)
    assert play.error()["code"] == "cannot_update_voice"
    play.send("session.update", session={"type": "realtime"})
    session = play.events("session.updated")[-1]["session"]
    assert session["audio"]["output"]["voice"] == "marin"
    assert session["instructions"] == "Kept."


@pytest.mark.parametrize("kind", ["audio/pcm", "audio/pcmu", "audio/pcma"])
def test_spoken_audio_has_the_format_and_length_asked_for(kind: str) -> None:
    play = Play(script("reply: {audio: {transcript: How do you do, duration: 1230ms}}"))
    wanted = {"type": kind, "rate": 24000} if kind == "audio/pcm" else {"type": kind}
    play.send("response.create", response={"audio": {"output": {"format": wanted}}})
    play.until(5)
    pieces = [base64.b64decode(e["delta"]) for e in play.events("response.output_audio.delta")]
    assert sum(map(len, pieces)) == pytest.approx(1230 * BYTES_PER_MS[kind], abs=2)
    assert all(len(piece) % 2 == 0 for piece in pieces) or kind != "audio/pcm"
    assert loudness(b"".join(pieces), kind) > 20
    words = [e["delta"] for e in play.events("response.output_audio_transcript.delta")]
    assert "".join(words) == "How do you do"
    (done,) = play.events("response.done")
    usage = done["response"]["usage"]
    assert usage["output_token_details"]["audio_tokens"] == 25
    assert done["response"]["audio"]["output"]["format"] == wanted
    # The transcript comes along with the sound, not after it.
    kinds = [e["type"] for e in play.events()]
    last_word = len(kinds) - 1 - kinds[::-1].index("response.output_audio_transcript.delta")
    assert kinds.index("response.output_audio_transcript.delta") < kinds.index(
        "response.output_audio.delta"
    )
    assert kinds.index("response.output_audio.delta") < last_word


def test_a_text_is_spoken_at_an_ordinary_pace() -> None:
    play = Play(script("{reply: {text: Hello there}, chunk: {audio: 50ms, words: 2}}"))
    play.send("response.create")
    play.until(5)
    pieces = [base64.b64decode(e["delta"]) for e in play.events("response.output_audio.delta")]
    seconds = sum(map(len, pieces)) / 48_000
    assert 0.5 < seconds < 1.2
    assert len(pieces[0]) == 50 * 48
    assert len(play.events("response.output_audio_transcript.delta")) == 1


def test_forced_modality_disregards_what_was_asked() -> None:
    play = Play(script("reply: {text: Hi, modality: text}"))
    play.send("response.create")
    play.until(1)
    (added,) = play.events("response.content_part.added")
    assert added["part"]["type"] == "text"
    assert play.events("response.created")[0]["response"]["output_modalities"] == ["audio"]


def test_retrieved_user_items_hold_their_sound() -> None:
    play = Play()
    play.send("session.update", session=MANUAL)
    append(play, 0.2)
    play.send("input_audio_buffer.commit")
    item_id = play.events("input_audio_buffer.committed")[0]["item_id"]
    play.send("conversation.item.retrieve", item_id=item_id)
    (retrieved,) = play.events("conversation.item.retrieved")
    sound = base64.b64decode(retrieved["item"]["content"][0]["audio"])
    assert sound == speak(0.2)


def test_g711_input_is_measured_by_its_own_rate() -> None:
    play = Play()
    session = {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcmu"}}}}
    play.send("session.update", session=session)
    sound = encode(speak(0.5), "audio/pcmu") + b"\xff" * 8 * 300
    play.send("input_audio_buffer.append", audio=base64.b64encode(sound).decode())
    (stopped,) = play.events("input_audio_buffer.speech_stopped")
    assert 500 <= stopped["audio_end_ms"] <= 800


def test_clearing_forgets_audio_and_speech() -> None:
    play = Play()
    append(play, 0.5)
    play.send("input_audio_buffer.clear")
    play.look()
    append(play, 0.5, loud=False)
    assert play.look() == []
    play.send("input_audio_buffer.clear")
    play.send("input_audio_buffer.commit")
    assert play.types() == ["input_audio_buffer.cleared", "error"]


@pytest.mark.parametrize("kind", ["audio/pcmu", "audio/pcma"])
def test_g711_keeps_level_and_silence(kind: str) -> None:
    sound = speak(0.5)
    assert loudness(encode(sound, kind), kind) == pytest.approx(loudness(sound, "audio/pcm"), abs=3)
    assert loudness(encode(QUIET * 2400, kind), kind) == 0
    assert len(encode(sound, kind)) == 4000


def test_mu_law_codes_are_those_of_g711() -> None:
    def code(sample: int) -> int:
        return encode(sample.to_bytes(2, "little", signed=True) * 3, "audio/pcmu")[0]

    assert [code(s) for s in (0, 8, -8, 1000, -1000, 32767, -32768)] == [
        0xFF, 0xFE, 0x7E, 0xCE, 0x4E, 0x80, 0x00,
    ]  # fmt: skip
