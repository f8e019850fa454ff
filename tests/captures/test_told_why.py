"""Refusals and ends told twice or vaguely: the telling that says why is kept."""

from __future__ import annotations

from typing import Any

import pytest

from rtdebug.captures.pasted.errors import error_in
from rtdebug.captures.pasted.handshakes import is_vague, refusal_in
from rtdebug.captures.pieces import NO_CONTEXT
from rtdebug.model.records import Closed, Refused, Sender

VAGUE = "Failed to connect to the realtime service"


def records(whole: Any, kind: type) -> list[Any]:
    return [record for record in whole.records if isinstance(record, kind)]


def test_that_nobody_was_reached_is_a_refusal_if_nothing_else_is_told(read_one: Any) -> None:
    (refused,) = records(read_one(f"ERROR\n{VAGUE}: it is odd\n"), Refused)
    assert refused.text == f"{VAGUE}: it is odd"


@pytest.mark.parametrize(
    ("why", "status"),
    [("server rejected WebSocket connection: HTTP 401", 401),
     ("Error: getaddrinfo ENOTFOUND voice.example.net", None)],
)  # fmt: skip
def test_the_line_that_says_why_is_the_refusal(why: str, status: int | None, read_one: Any) -> None:
    for log in (f"{VAGUE}.\n{why}\n", f"{why}\n{VAGUE}.\n"):
        (refused,) = records(read_one(log), Refused)
        assert (refused.text, refused.status) == (why, status)


def test_an_end_outweighs_words_that_do_not_say_why(read_one: Any) -> None:
    whole = read_one(f"{VAGUE}\nreceived 1008 (policy violation) no key\n")
    assert records(whole, Refused) == []
    assert [one.code for one in records(whole, Closed)] == [1008]


@pytest.mark.parametrize(
    ("line", "vague"),
    [
        ("Could not connect to 'wss://voice.example.net/v1/realtime'", True),
        ("unable to connect to Gemini Live", True),
        (
            "Failed to connect to OpenAI: https://a.example isn't a valid URI: isn't ws or wss",
            False,
        ),
        ("cannot connect to the realtime server: connection refused", False),
        ("Failed to connect to the database", False),
    ],
)
def test_what_is_vague(line: str, vague: bool) -> None:
    assert is_vague(line) is vague


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ('"Unexpected server response: 403."', 403),
        ("Unexpected server response: 40.3", None),
        ("WebSocket connection to \u2018wss://voice.example.net/\u2019 failed.", None),
    ],
)
def test_a_status_may_end_a_sentence(line: str, status: int | None) -> None:
    piece = refusal_in(line, NO_CONTEXT)
    assert (piece.data["status"] if piece else None) == status


def test_an_error_label_makes_no_word_of_the_server_of_the_client_s_own() -> None:
    assert error_in("Could not connect to the voice service", under_label=True) is None
    assert error_in("ERROR: app: Error processing a realtime response") is None
    assert error_in("Error processing your request") is not None


def test_an_end_seen_twice_keeps_the_reason_of_its_code(read_one: Any) -> None:
    (closed,) = records(
        read_one(
            "ConnectionClosedError: sent 1011 (internal error) ping timeout; no close frame "
            "received\nduring that:\nAPIError: 1006 None. an abnormal end, all told [internal]\n"
        ),
        Closed,
    )
    assert (closed.code, closed.reason, closed.sender) == (1011, "ping timeout", Sender.CLIENT)


def test_a_message_too_big_that_was_sent_is_the_client_s(read_one: Any) -> None:
    (closed,) = records(read_one("It dies: sent 1009 (message too big).\n"), Closed)
    assert (closed.code, closed.sender) == (1009, Sender.CLIENT)


def test_a_count_that_is_glued_to_a_type_counts(read_one: Any) -> None:
    whole = read_one("events: session.created session.updatedx2 response.created\n")
    assert whole.types == ["session.created", *["session.updated"] * 2, "response.created"]
