"""Turns of Gemini Live that come to nothing."""

from __future__ import annotations

from typing import Any

import pytest
from logs import named

from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding
from rtdebug.model.records import LIVE, Event, Sender, View
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

EMPTY, REJECTED = "gemini-empty-turn", "gemini-response-rejected"
ASKED = {"clientContent": {"turns": [{"parts": [{"text": "When?"}]}], "turnComplete": True}}
OVER = {"serverContent": {"turnComplete": True}}
SPOKEN = {"serverContent": {"modelTurn": {"parts": [{"text": "At"}, {"text": " nine."}]}}}
CALLED = {"toolCall": {"functionCalls": [{"id": "c1", "name": "f", "args": {}}]}}
LATE = View(from_start=False)


def found(name: str, *messages: dict[str, Any], view: View = LIVE) -> list[Finding]:
    session = Session(load_pack("gemini-live"), RULES, view=view)
    for seq, payload in enumerate(messages, 1):
        (type_,) = payload
        client = type_ in ("setup", "clientContent", "client_content", "toolResponse")
        sender = Sender.CLIENT if client else Sender.SERVER
        session.observe(Event(seq, seq / 10, sender, type_, payload, 100))
    return named(session.finish().findings, name)


def content(**body: Any) -> dict[str, Any]:
    return {"serverContent": body}


def test_a_turn_in_which_nothing_came_is_told_where_it_ends() -> None:
    (one,) = found(EMPTY, ASKED, OVER)
    assert one.message == ("event 2 (serverContent) ends what held nothing: nothing of it came")
    assert one.evidence == (2,)
    assert one.at == pytest.approx(0.2)


@pytest.mark.parametrize(
    "before",
    [
        [SPOKEN],
        [content(model_turn={"parts": [{"text": "At nine."}]})],
        [content(outputTranscription={"text": "At nine."})],
        [content(output_transcription={"text": "At nine."})],
        [content(outputTranscription={"text": "At nine."}), content(interrupted=False)],
        [CALLED],
    ],
    ids=["parts", "snake case", "words", "snake words", "words before", "a call"],
)
def test_a_turn_that_held_something_is_not_empty(before: list[dict[str, Any]]) -> None:
    assert found(EMPTY, ASKED, *before, OVER) == []
    assert len(found(EMPTY, ASKED, *before, OVER, OVER)) == 1  # the next one begins anew
    assert len(found(EMPTY, ASKED, *before, ASKED, OVER)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"modelTurn": {}},
        {"modelTurn": {"parts": None}},
        {"modelTurn": "At nine."},
        {"modelTurn": {"parts": []}},
        {"inputTranscription": {"text": "When?"}},
    ],
)
def test_what_holds_nothing_leaves_the_turn_empty(body: dict[str, Any]) -> None:
    assert len(found(EMPTY, ASKED, content(**body), OVER)) == 1


@pytest.mark.parametrize(
    "last",
    [
        {"turnComplete": True, "modelTurn": {"parts": [{"text": "At nine."}]}},
        {"turnComplete": True, "interrupted": True},
        {"turnComplete": True, "turnCompleteReason": "RESPONSE_REJECTED"},
        {"turn_complete": True, "turn_complete_reason": "RESPONSE_REJECTED"},
        {"turnComplete": False},
        {"generationComplete": True},
    ],
)
def test_the_last_message_may_tell_why(last: dict[str, Any]) -> None:
    assert found(EMPTY, ASKED, content(**last)) == []


def test_both_spellings_end_a_turn() -> None:
    assert len(found(EMPTY, ASKED, content(turn_complete=True))) == 1


def test_a_log_that_begins_late_may_have_begun_inside_the_turn() -> None:
    assert found(EMPTY, OVER, view=LATE) == []
    assert len(found(EMPTY, OVER, OVER, view=LATE)) == 1
    assert len(found(EMPTY, OVER)) == 1


@pytest.mark.parametrize("key", ["turnCompleteReason", "turn_complete_reason"])
def test_a_rejection_is_told_with_its_reason(key: str) -> None:
    last = content(turnComplete=True, **{key: "RESPONSE_REJECTED"})
    (one,) = found(REJECTED, ASKED, SPOKEN, SPOKEN, last)
    assert one.message == "event 4 (serverContent) says RESPONSE_REJECTED"
    assert one.evidence == (4,)
    (one,) = found(REJECTED, ASKED, SPOKEN, OVER, last)
    assert one.evidence == (4,)


@pytest.mark.parametrize("reason", ["NEED_MORE_INPUT", "", None, 7])
def test_other_reasons_are_no_rejection(reason: Any) -> None:
    assert found(REJECTED, ASKED, content(turnComplete=True, turnCompleteReason=reason)) == []
