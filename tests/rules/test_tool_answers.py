"""The answer that has to be asked for once a function has its output."""

from __future__ import annotations

from typing import Any

import pytest
from calls import CREATE, TYPED, answers, called, opening, output, responding
from logs import begun, call, done, error

NO_CREATE = "tool-response-create-missing"


def test_an_output_waits_five_seconds_for_its_response() -> None:
    log = answers(called("c1"), "c1")  # at 0.12
    assert log.watched(NO_CREATE, 5.11) == []
    (found,) = log.watched(NO_CREATE, 5.13)
    assert found.at == pytest.approx(5.12)
    assert found.evidence == (6,)
    assert found.subject == "c1"
    assert found.message == (
        "event 6 sent the output of c1, but the client never sent response.create in the 5.0 s "
        "that followed"
    )


SPEECH: dict[str, Any] = {"item_id": "i1", "audio_start_ms": 0}


def test_a_response_or_speech_ends_the_wait() -> None:
    assert answers(called("c1"), "c1").client("response.create").watched(NO_CREATE, 60) == []
    assert opening(answers(called("c1"), "c1"), "r2").watched(NO_CREATE, 60) == []
    log = answers(called("c1"), "c1").server("input_audio_buffer.speech_started", **SPEECH)
    assert log.watched(NO_CREATE, 60) == []


def test_the_wait_begins_with_the_last_of_the_calls() -> None:
    assert answers(called("c1", "c2"), "c1").watched(NO_CREATE, 60) == []
    log = answers(called("c1", "c2"), "c1", "c2")
    (found,) = log.watched(NO_CREATE, 60)
    assert found.evidence == (9,)
    assert found.subject == "c2"


def test_an_output_for_a_call_from_before_the_record_is_answered_too() -> None:
    assert len(answers(begun(), "c9").watched(NO_CREATE, 60)) == 1


def test_open_calls_of_another_response_do_not_hold_it_back() -> None:
    log = responding(called("c1"), "r2", call("c2"))
    assert len(answers(log, "c2").watched(NO_CREATE, 60)) == 1


def test_the_wait_begins_when_the_response_is_done() -> None:
    log = opening(begun(), "r1")
    place = {"response_id": "r1", "output_index": 0}
    log.server("response.output_item.added", **place, item={**call("c1"), "status": "in_progress"})
    log.server("response.output_item.done", **place, item=call("c1"))
    log = answers(log, "c1")
    assert log.watched(NO_CREATE, 60) == []
    log.server("response.done", after=3.0, response=done("r1", [call("c1")]))  # at 3.1
    (found,) = log.watched(NO_CREATE, 60)
    assert found.at == pytest.approx(8.1)
    assert found.evidence == (5, 6)


def test_a_response_beside_the_conversation_does_not_hold_it_back() -> None:
    log = opening(called("c1"), "r2", conversation_id=None)
    assert len(answers(log, "c1").watched(NO_CREATE, 60)) == 1


def test_a_response_without_an_output_begins_no_wait() -> None:
    assert called("c1").client(CREATE, item=TYPED).watched(NO_CREATE, 60) == []


@pytest.mark.parametrize(
    ("type_", "told"),
    [(None, False), ("speech_stopped", True), ("committed", True), ("cleared", False)],
)
def test_who_is_speaking_will_be_answered_anyway(type_: str | None, told: bool) -> None:
    log = called("c1").server("input_audio_buffer.speech_started", **SPEECH)
    if type_ is not None:
        log.server(f"input_audio_buffer.{type_}", item_id="i1", audio_end_ms=900)
    assert bool(answers(log, "c1").watched(NO_CREATE, 60)) is told


def test_an_output_that_was_refused_needs_no_response() -> None:
    log = called("c1").client(CREATE, event_id="e1", item=output())
    log.server("error", error=error("invalid_value", "Invalid value.", event_id="e1"))
    assert log.watched(NO_CREATE, 60) == []
