"""Messages that stand in unusual places, or that only other servers and clients know."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rtdebug.captures.pasted.closes import close_in
from rtdebug.captures.pieces import NO_CONTEXT
from rtdebug.model.records import Closed, Sender, Undecodable

CREATE = '{"type":"response.create","response":{"instructions":"One word."}}'


@pytest.mark.parametrize(
    ("type_", "sender"),
    [
        ("session.finish", Sender.CLIENT),
        ("input_image_buffer.append", Sender.CLIENT),
        ("session.avatar_create", Sender.CLIENT),
        ("session.finished", Sender.SERVER),
        ("session.avatar.connecting", Sender.SERVER),
        ("response.viseme.delta", Sender.SERVER),
    ],
)
def test_a_type_that_no_pack_lists_tells_by_its_verb_who_sends_it(
    type_: str, sender: Sender, read_one: Any
) -> None:
    (event,) = read_one(json.dumps({"type": type_, "event_id": "e1"})).events
    assert event.sender is sender


def test_a_label_outweighs_the_verb(read_one: Any) -> None:
    (event,) = read_one('<- {"type": "session.conclude", "event_id": "e1"}').events
    assert event.sender is Sender.SERVER


def test_a_close_that_a_client_logs_as_an_event_is_a_close(read_one: Any) -> None:
    whole = read_one(
        '{"type":"goAway","data":{"timeLeft":"9s"}}\n'
        '{"type":"session.closed","data":{"code":1011,"reason":"too old","wasClean":true}}\n'
    )
    assert whole.types == ["goAway"]
    (closed,) = [one for one in whole.records if isinstance(one, Closed)]
    assert (closed.code, closed.reason) == (1011, "too old")


@pytest.mark.parametrize(
    "event",
    [
        {"type": "session.closed", "event_id": "e1"},
        {"type": "session.closed", "data": {"code": 7}},
        {"type": "session.noted", "data": {"code": 1011}},
    ],
)
def test_an_event_of_ending_without_a_close_code_is_an_event(
    event: dict[str, Any], read_one: Any
) -> None:
    assert read_one(json.dumps(event)).types == [event["type"]]


def test_a_message_in_a_command_counts_once(read_one: Any) -> None:
    log = f"$ talk --to ws://localhost:9 '{CREATE}'\n<- response.created\n-> {CREATE}\n"
    assert read_one(log).types == ["response.created", "response.create"]


def test_a_message_that_only_a_command_shows_stays(read_one: Any) -> None:
    log = f"me@host:~$ talk '{CREATE}'\n<- response.created\n"
    assert read_one(log).types == ["response.create", "response.created"]


@pytest.mark.parametrize(
    "line",
    [
        "12:00:01 agents.APIStatusError: Speech connection closed unexpectedly (status_code=-1)",
        "error=APIConnectionError('Voice connection closed unexpectedly'), recoverable=True",
    ],
)
def test_an_unexpected_end_is_heard_amid_a_line(line: str) -> None:
    piece = close_in(line, NO_CONTEXT)
    assert piece is not None
    assert piece.data["code"] == 1005


@pytest.mark.parametrize("name", ["connected", "start", "media", "mark", "stop"])
def test_what_a_telephone_says_of_its_stream_is_no_message_of_the_api(
    name: str, read_one: Any
) -> None:
    greeting = {"type": "session.created", "event_id": "e", "session": {"type": "realtime"}}
    log = f"{json.dumps(greeting)}\n{json.dumps({'event': name, 'streamSid': 'MZ1'})}\n"
    read = read_one(log)
    assert read.types == ["session.created"]
    assert not [one for one in read.records if isinstance(one, Undecodable)]
