"""Objects in a text that look labelled and are no messages of a wire."""

from __future__ import annotations

from typing import Any

import pytest

from rtdebug.model.records import Undecodable


@pytest.mark.parametrize(
    "text",
    [
        "history.push({ role: 'user', text: 'what was said' })",
        '{"role": "user", "text": "Hello"}',
        "{ type: \"input_audio_transcription\", text: \"Hello\", is_final: false }",
        "{ type: 'output_speech', text: 'Hello' }",
    ],
)  # fmt: skip
def test_a_line_of_a_conversation_is_no_message(text: str, read_one: Any) -> None:
    whole = read_one(f"< session.created\n{text}\n< response.created\n")
    assert whole.types == ["session.created", "response.created"]
    assert [one for one in whole.records if isinstance(one, Undecodable)] == []


def test_a_piece_of_an_event_behind_one_that_was_cut_is_no_message(read_one: Any) -> None:
    whole = read_one(
        'client -> {"type": "session.update", "session": {"instructions": "Be br...\n'
        'client -> {"type": "conversation.item.create", "item": {"role": "user", "content": '
        '[{"type": "input_text", "text": "hello"}]}}\nclient -> {"type": "response.create"}\n'
    )
    assert whole.types[0] == "session.update"
    assert [one for one in whole.records if isinstance(one, Undecodable)] == []


def test_text_that_went_over_the_wire_still_is(read_one: Any) -> None:
    whole = read_one('{"direction": "received", "data": "hello, who is there"}\n')
    assert len([one for one in whole.records if isinstance(one, Undecodable)]) == 1


@pytest.mark.parametrize("call", ["eid()", "uuid.uuid4()", "Date.now()"])
def test_a_message_in_a_program_is_not_whole_where_a_call_makes_a_value(
    call: str, read_one: Any
) -> None:
    (event,) = read_one(
        f"ws.send({{ type: 'response.cancel', event_id: {call}, response_id: 'r' }})\n"
    ).events
    assert not event.whole
    assert event.payload == {"type": "response.cancel", "response_id": "r"}


def test_an_empty_collection_of_a_language_is_a_value(read_one: Any) -> None:
    (event,) = read_one("{'type': 'session.update', 'session': {'tools': list()}}\n").events
    assert event.whole
    assert event.payload["session"] == {"tools": []}
