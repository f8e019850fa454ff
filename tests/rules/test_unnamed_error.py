"""An error that names no request may be the answer to any that waits: none of them is unanswered
for certain."""

from __future__ import annotations

from logs import begun, named

ERROR = {"type": "server_error", "code": "odd_fault", "message": "No."}


def test_the_only_request_that_waits_may_have_been_refused_by_it() -> None:
    log = begun().client("response.create").server("error", error={**ERROR, "event_id": None})
    found = log.ended(60).judged()
    assert named(found, "response-create-unanswered") == []
    assert len(named(found, "server-error-event")) == 1


def test_of_two_that_wait_it_is_said_that_an_error_names_neither() -> None:
    log = begun().client("response.create").client("input_audio_buffer.clear")
    (found,) = named(
        log.server("error", error={**ERROR, "event_id": None}).ended(60).judged(),
        "response-create-unanswered",
    )
    assert "nor an error that names it (event 4 names none)" in found.message
    assert found.under == "server-error-event"
