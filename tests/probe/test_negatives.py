"""Requests that are wrong in one field: only those that the schema refuses, each a case once."""

from __future__ import annotations

from typing import Any

import pytest

from rtdebug.model.records import Sender
from rtdebug.packs.load import load_pack
from rtdebug.probe.case import Case
from rtdebug.probe.negatives import AREA
from rtdebug.probe.reading import read_suite
from rtdebug.scenario.document import SendStep

SUITE = read_suite(load_pack(), 5.0)
NEGATIVE = [case for case in SUITE.cases if case.area == AREA]


def wrong(case: Case) -> dict[str, Any]:
    """The wrong requests of a case, by what is wrong."""
    sent = [step for step in case.scenario.steps if isinstance(step, SendStep)][1:-1]
    return {step.event["event_id"]: step.event for step in sent}


@pytest.mark.parametrize("case", NEGATIVE, ids=lambda case: case.name)
def test_every_wrong_request_is_one_that_the_schema_refuses(case: Case) -> None:
    pack = load_pack()
    for event in wrong(case).values():
        kind = pack.kind(Sender.CLIENT, event["type"])
        assert kind is not None
        assert not kind.is_clean(event)
    assert case.checks[0].names == tuple(wrong(case))


def test_a_field_is_wrong_in_every_way_that_it_can_be() -> None:
    cases = {case.name: wrong(case) for case in NEGATIVE}
    assert len(cases) == len(NEGATIVE)
    cut = cases["conversation.item.truncate/audio_end_ms"]
    assert list(cut) == ["missing", "wrong type", "null", "too small"]
    assert "audio_end_ms" not in cut["missing"]
    assert cut["null"]["audio_end_ms"] is None
    assert list(cases["response.create/response.metadata"]) == ["wrong type", "too many fields"]


def test_names_and_numbers_are_each_taken_once() -> None:
    assert len({case.name for case in SUITE.cases}) == len(SUITE.cases)
    assert [case.number for case in SUITE.cases] == list(range(1, len(SUITE.cases) + 1))
