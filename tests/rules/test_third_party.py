"""What only somebody else can have asked for, and what the client may have asked for itself."""

from __future__ import annotations

from calls import opening
from logs import Log, begun, error, named

NAME = "third-party-request"
ACTIVE = error("conversation_already_has_active_response", "Already has an active response.")


def spoken() -> Log:
    log = begun(vad=True)
    return log.server("input_audio_buffer.speech_started", audio_start_ms=0, item_id="i1")


def told(log: Log) -> list[str]:
    return [one.message for one in named(log.closed().judged(), NAME)]


def test_a_refusal_of_what_the_client_never_sent_is_somebody_elses() -> None:
    (message,) = told(opening(spoken(), "r1").server("error", error=ACTIVE))
    assert "sent no response.create at all" in message


def test_a_request_that_meets_an_automatic_answer_may_be_the_clients() -> None:
    log = spoken().client("response.create")
    assert told(opening(log, "r1").server("error", error=ACTIVE)) == []


def test_a_request_that_was_answered_cannot_be_refused_as_well() -> None:
    log = begun(vad=False).client("response.create")
    (message,) = told(opening(log, "r1").server("error", error=ACTIVE))
    assert "was answered before" in message


def test_the_second_of_two_requests_is_the_clients_own() -> None:
    log = begun(vad=False).client("response.create").client("response.create")
    assert told(opening(log, "r1").server("error", error=ACTIVE)) == []


def test_it_is_an_error_where_the_clients_own_request_is_refused_for_it() -> None:
    log = opening(begun(vad=False), "r1").client("response.create")
    found = named(log.server("error", error=ACTIVE).closed().judged(), NAME)
    assert [one.severity.value for one in found] == ["error"]
    assert found[0].evidence == (2, 4)


def test_it_is_an_error_where_a_response_of_the_clients_ends_failed_after_it() -> None:
    log = opening(begun(vad=False).client("response.create"), "r1").server("error", error=ACTIVE)
    ended = {"id": "r1", "status": "failed", "status_details": {"type": "failed"}, "output": []}
    found = named(log.server("response.done", response=ended).closed().judged(), NAME)
    assert [one.severity.value for one in found] == ["error"]


def test_a_response_that_the_client_cancelled_is_no_harm() -> None:
    log = opening(begun(vad=False).client("response.create"), "r1").server("error", error=ACTIVE)
    ended = {"id": "r1", "status": "cancelled", "status_details": {"reason": "client_cancelled"}}
    log.client("response.cancel")
    found = named(log.server("response.done", response=ended).closed().judged(), NAME)
    assert [one.severity.value for one in found] == ["warning"]


def test_an_error_is_joined_to_the_request_that_its_words_name() -> None:
    log = begun().client("conversation.item.retrieve", item_id="i1")
    log.server(
        "error",
        error=error(None, "Unknown or invalid event: conversation.item.retrieve", type="unknown"),
    )
    found = log.closed(after=9).judged()
    (rejected,) = named(found, "client-event-type-rejected")
    assert rejected.evidence == (2, 3)
    assert named(found, "request-unanswered") == []
