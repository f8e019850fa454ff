"""Words of an unknown type: the client's are the end of it, the server's are an answer."""

from __future__ import annotations

import pytest
from logs import Log, begun, named

from rtdebug.model.findings import Certainty

NAME = "client-unknown-event-crash"


@pytest.mark.parametrize(
    "text",
    [
        "Instead the server returned an error: invalid event type",
        "the API just answers that it is an unsupported message type",
        "then azure complains: unknown event",
    ],
)
def test_a_type_the_server_does_not_take_is_no_crash_of_the_client(text: str) -> None:
    assert named(begun().says(text).judged(), NAME) == []


def test_a_type_the_client_does_not_take_is() -> None:
    (found,) = named(begun().says("Unknown server event type: response.new").judged(), NAME)
    assert "Unknown server event type: response.new" in found.message
    assert found.certainty is Certainty.MEDIUM  # it may only have been noted


def test_words_of_a_failure_make_it_certain() -> None:
    (found,) = named(begun().says("ValueError: unknown event type response.new").judged(), NAME)
    assert found.certainty is Certainty.CERTAIN


def test_an_event_that_another_program_notes_is_nobodys_end() -> None:
    text = "2026-01-01T10:00:00Z [Twilio] Received unhandled event: connected"
    assert named(Log().says(text).judged(), NAME) == []
