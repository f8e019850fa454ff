"""The last column of a timeline: short, told by role, and robust to any payload."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtdebug.model.records import Closed, Sender
from rtdebug.packs import summaries
from rtdebug.packs.summaries import LIMIT, close_words, counts, fold, summarise

ROLES = [*summaries._BY_ROLE, "", "no.such.role"]

GA_SESSION = {
    "type": "realtime",
    "model": "gpt-realtime",
    "output_modalities": ["audio"],
    "instructions": "Be kind.",
    "tools": [{"type": "function", "name": "find"}],
    "max_output_tokens": "inf",
    "audio": {
        "input": {
            "turn_detection": {"type": "server_vad"},
            "transcription": {"model": "whisper-1"},
        },
        "output": {"voice": "marin"},
    },
}
BETA_SESSION = {
    "model": "gpt-4o-realtime-preview",
    "modalities": ["audio", "text"],
    "voice": "alloy",
    "turn_detection": None,
    "max_response_output_tokens": 400,
}


@pytest.mark.parametrize(
    ("role", "payload", "summary"),
    [
        (
            "session.created",
            {"session": GA_SESSION},
            "gpt-realtime, audio, voice marin, server_vad, transcribed by whisper-1, 1 tool,"
            " instructions of 8 chars",
        ),
        (
            "session.updated",
            {"session": BETA_SESSION},
            "gpt-4o-realtime-preview, audio+text, voice alloy, turns by hand, at most 400 tokens",
        ),
        ("session.update", {"session": {"type": "transcription"}}, "transcription"),
        ("session.update", {"session": {"voice": {"id": "v_1"}}}, "voice v_1"),
        (
            "item.create",
            {"item": {"type": "message", "role": "user", "content": [{"text": "Hi\nthere"}]}},
            'user message "Hi there"',
        ),
        (
            "item.added",
            {"item": {"type": "message", "role": "user", "content": [{"type": "input_audio"}]}},
            "user message input_audio",
        ),
        (
            "output_item.added",
            {"item": {"type": "function_call", "name": "find", "status": "in_progress"}},
            "function_call find in_progress",
        ),
        (
            "item.create",
            {"item": {"type": "function_call_output", "call_id": "call_1", "output": "21"}},
            'function_call_output call_1 "21"',
        ),
        ("response.create", {}, ""),
        (
            "response.create",
            {"response": {"conversation": "none", "input": [1, 2], "output_modalities": ["text"]}},
            "text, out of band, 2 input items",
        ),
        (
            "response.done",
            {
                "response": {
                    "id": "resp_1",
                    "status": "completed",
                    "output": [{}],
                    "usage": {"total_tokens": 30, "input_tokens": 20, "output_tokens": 10},
                }
            },
            "resp_1 completed, 1 item, 30 tokens (20 in, 10 out)",
        ),
        (
            "response.done",
            {
                "response": {
                    "id": "resp_1",
                    "status": "failed",
                    "status_details": {
                        "error": {"code": "rate_limit_exceeded", "message": "Wait."}
                    },
                }
            },
            "resp_1 failed, rate_limit_exceeded: Wait.",
        ),
        (
            "response.done",
            {
                "response": {
                    "id": "r",
                    "status": "cancelled",
                    "status_details": {"reason": "turn_detected"},
                }
            },
            "r cancelled, turn_detected",
        ),
        (
            "error",
            {"error": {"code": "unknown_parameter", "param": "session.x", "message": "No."}},
            "unknown_parameter at session.x: No.",
        ),
        ("error", {"error": {"code": None, "type": "server_error"}}, "server_error"),
        ("text.delta", {"delta": " a\nb"}, '4 chars " a b"'),
        ("text.delta", {"delta": "x"}, '1 char "x"'),
        ("audio.delta", {"delta": "AAABAAIA"}, "6 bytes of audio"),
        ("audio.append", {"audio": "AAA="}, "2 bytes of audio"),
        ("text.done", {"text": "Hello"}, '"Hello"'),
        ("arguments.done", {"name": "find", "arguments": '{"a":1}'}, 'find {"a":1}'),
        ("item.truncate", {"item_id": "item_1", "audio_end_ms": 1200}, "item_1 at 1200 ms"),
        ("speech.started", {"item_id": "item_1", "audio_start_ms": 0}, "item_1 at 0 ms"),
        ("audio.committed", {"item_id": "item_1"}, "item_1"),
        ("audio.commit", {"event_id": "e"}, ""),
        (
            "rate_limits",
            {"rate_limits": [{"name": "tokens", "remaining": 35680, "limit": 40000}]},
            "tokens 35680/40000",
        ),
        ("rate_limits", {"rate_limits": [{"name": "tokens"}, "…"]}, "tokens"),
        ("rate_limits", {"rate_limits": [{"name": "tokens", "remaining": 5}]}, "tokens 5"),
        ("rate_limits", {"rate_limits": ["[Object]", "[Object]"]}, ""),
        (
            "",
            {
                "type": "new",
                "event_id": "e",
                "a": "x",
                "b": 1.5,
                "c": {"d": 1},
                "e": [1, 2],
                "f": 0,
            },
            'a="x" b=1.5 c={…} e=[2]',
        ),
    ],
)
def test_an_event_is_told_in_a_few_words(role: str, payload: dict[str, Any], summary: str) -> None:
    assert summarise(role, payload) == summary


def test_chunks_of_text_fold_to_their_sum_and_their_text() -> None:
    rows = [summarise("text.delta", {"delta": text}) for text in ("Hello", ", ", 'say "hi"')]
    assert all(map(counts, rows))
    assert fold(rows) == '15 chars "Hello, say "hi""'


def test_chunks_of_audio_fold_to_their_sum() -> None:
    rows = [summarise("audio.delta", {"delta": "AAAA"})] * 3
    assert fold(rows) == "9 bytes of audio"


def test_what_is_no_chunk_does_not_count() -> None:
    assert not counts(summarise("text.done", {"text": "5 chars"}))
    assert not counts("")
    assert fold(["a", "b"]) == "b"
    assert fold([]) == ""


def test_a_long_chunk_shows_that_it_was_cut() -> None:
    assert summarise("text.delta", {"delta": "y" * 200}) == f'200 chars "{"y" * 80}…"'


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["text", "type", "name", "content", "error", "code", "audio", "output"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
FIELDS = ["item", "response", "session", "delta", "audio", "error", "part", "rate_limits", "text"]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ROLES), st.dictionaries(st.sampled_from(FIELDS) | st.text(), JSON))
def test_any_payload_is_one_short_line(role: str, payload: dict[str, Any]) -> None:
    summary = summarise(role, payload)
    assert len(summary) <= LIMIT
    assert "\n" not in summary
    assert len(fold([summary, summary])) <= LIMIT


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "payload", [{}, [], None, "x", {"session": 10**5000, "delta": 10**5000, "x": 10**5000}]
)
def test_nothing_that_is_no_event_breaks_it(role: str, payload: Any) -> None:
    assert isinstance(summarise(role, payload), str)


@pytest.mark.parametrize(
    ("closed", "words"),
    [
        (Closed(1.0, 1000, "bye", Sender.CLIENT), "1000 by the client bye"),
        (Closed(1.0, 1006), "1006 lost without a close frame"),
        (Closed(1.0, 1006, "reset", Sender.SERVER), "1006 reset, on the server's side"),
    ],
)
def test_a_close_is_told_by_who_sent_it_and_a_loss_by_nobody(closed: Closed, words: str) -> None:
    assert close_words(closed) == words
