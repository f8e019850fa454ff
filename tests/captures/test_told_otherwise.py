"""Events that a log tells of in words, by a bare object, or a second time."""

from __future__ import annotations

import json
from typing import Any

import pytest

SESSION = {"object": "realtime.session", "id": "sess_1", "model": "gpt-realtime", "tools": []}


@pytest.mark.parametrize(
    ("line", "type_"),
    [
        ("2025-06-12 12:52:58 - Received service event: service - session.created",
         "session.created"),
        ("Received service event: session.created", "session.created"),
        ("【Receive】<response.done> (omitted)", "response.done"),
        ("10:00:00 INFO evt=response.done", "response.done"),
        ("livekit.agents - response done but not complete with status: incomplete",
         "response.done"),
    ],
)  # fmt: skip
def test_a_type_with_words_around_it_is_an_event(line: str, type_: str, read_one: Any) -> None:
    assert read_one(line).types == [type_]


@pytest.mark.parametrize(
    "line",
    [
        "we are still waiting for: session.updated",
        "2026-03-01 10:00:00 ERROR missing handler: response.done",
        "const event = { type: 'response.done' }",
    ],
)
def test_a_type_in_a_sentence_or_in_code_is_none(line: str, read_one: Any) -> None:
    assert read_one(line).types == []


def test_deltas_of_which_a_line_says_that_many_came_are_hidden_and_not_missing(
    read_one: Any,
) -> None:
    whole = read_one(
        "- Receive response.created\n"
        "- Receive a bunch of response.audio_transcript.delta with single words\n"
        "- Receive response.done\n"
    )
    assert whole.types == ["response.created", "response.done"]
    assert "response.audio_transcript.delta" in whole.reading.view.hidden


def test_a_bare_session_behind_its_type_is_that_event(read_one: Any) -> None:
    whole = read_one(
        "10:00:00 - Received service event: service - session.created\n"
        f"10:00:00 - Session created or updated, session: {json.dumps(SESSION)}\n"
        "10:00:01 - Received service event: service - session.updated\n"
        f"10:00:01 - Session created or updated, session: {json.dumps(SESSION)}\n"
    )
    assert whole.types == ["session.created", "session.updated"]
    assert all(event.payload["session"] == SESSION for event in whole.events)
    assert not any(event.whole for event in whole.events)


def test_a_second_print_that_shows_less_of_an_error_is_the_same_error(read_one: Any) -> None:
    error = {"type": "invalid_request_error", "code": "bad", "message": "No such thing."}
    event = json.dumps({"type": "error", "event_id": "e1", "error": error})
    whole = read_one(f'recv {event}\nError: {{type: "error", error: [Object]}}\n')
    assert len(whole.events) == 1
    assert read_one(f"recv {event}\nrecv {event.replace('e1', 'e2')}\n").types == ["error"] * 2


def test_a_wrapper_of_a_server_is_no_message_and_a_message_with_an_id_is_no_wrapper(
    read_one: Any,
) -> None:
    done = {"type": "response.done", "event_id": "e2", "response": {"status": "completed"}}
    asgi = json.dumps({"type": "websocket.receive", "text": json.dumps(done)})
    assert read_one(asgi).types == ["response.done"]
    live = json.dumps({"type": "response.event", "event_id": "e1", "event": done})
    assert read_one(live).types == ["response.event"]


def test_several_events_in_one_frame_are_several_events(read_one: Any) -> None:
    one = json.dumps({"type": "session.created", "event_id": "e1", "session": {}})
    two = json.dumps({"type": "session.updated", "event_id": "e2", "session": {}})
    for frame in (one + two, f"{one}\n{two}", f"[{one}, {two}]"):
        row = json.dumps({"dir": "recv", "data": frame})
        assert read_one(f"{row}\n{row}\n").types == ["session.created", "session.updated"] * 2


def test_the_browser_s_own_error_is_not_the_server_s(read_one: Any) -> None:
    line = "RTCErrorEvent {isTrusted: true, error: OperationError: Abort, type: 'error'}"
    assert read_one(line).types == []
