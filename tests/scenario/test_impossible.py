"""What no event can be is told of a scenario, and what one may be, now or one day, is not."""

from __future__ import annotations

import json

import pytest

from rtdebug.documents import parse_document
from rtdebug.scenario.load import Given, check_scenario

POSSIBLE = [
    # Values that an open enum may have one day, and fields of free objects.
    {"expect": {"type": "error", "error": {"type": "brand_new_error", "code": "unheard_of"}}},
    {"expect": {"type": "response.done", "response": {"metadata": {"turn": "1"}}}},
    # Every form of an item may come.
    {"expect": {"type": "conversation.item.done", "item": {"type": "function_call", "name": "f"}}},
    {"expect": {"type": "conversation.item.done", "item": {"role": "user", "status": "completed"}}},
    {"expect": {"type": "response.done", "response": {"output": [{"type": "message"}]}}},
    {"expect": {"type": "response.done", "response": {"output": {"$len": 1}}}},
    {"expect": {"type": "response.done", "response": {"status_details": None}}},
    {"expect": {"type": "response.done", "response": {"status": {"$regex": "comp.*"}}}},
    {"expect": {"type": "response.done", "response": {"usage": {"total_tokens": {"$gt": 3}}}}},
    # What is accepted on purpose.
    {"expect": {"type": "response.done", "response": {"status": "paused"}}, "unknown": True},
    {"expect": {"type": "response.done", "response": {"news": 1}}, "unknown": True},
    {"expect": "response.done", "where": {"response.news": 1}, "unknown": True},
    {"expect": {"type": "response.done", "response": {"news": {"$absent": True}}}},
    {"expect": "response.done", "where": {"response.output.-1.content.0.text": "Hello"}},
    {"expect": "response.done", "capture": {"text": "response.output.0.content.0.transcript"}},
    # What is not known before it plays.
    {"expect": {"type": "response.done", "response": {"status": "${env.STATUS}"}}},
]


@pytest.mark.parametrize("step", POSSIBLE, ids=str)
def test_what_can_come_is_not_refused(step: dict) -> None:
    text = json.dumps({"rtdebug": 1, "steps": [{"expect": "session.created"}, step]})
    assert check_scenario(parse_document(text, "a.yaml"), Given()) == ()


def test_another_pack_is_read_by_its_own_schemas() -> None:
    step = {"expect": {"type": "response.text.delta", "delt": "Hello"}}
    text = json.dumps({"rtdebug": 1, "pack": "openai-realtime-beta", "steps": [step]})
    (error,) = check_scenario(parse_document(text, "a.yaml"), Given())
    assert error.message == "response.text.delta has no field 'delt'"
