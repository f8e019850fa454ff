"""A client that hangs up on a silence: the silence is the fault, the close is what it led to."""

from __future__ import annotations

import pytest
from building import URL
from logs import begun, by_name, named

from rtdebug.engine.session import Session
from rtdebug.model.findings import Certainty
from rtdebug.model.records import Closed, Event, Opened, Remark, Sender, View
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

CREATED = {"type": "session.created", "event_id": "e1", "session": {
    "type": "realtime", "object": "realtime.session", "id": "sess_1", "model": "gpt-realtime",
    "output_modalities": ["text"]}}  # fmt: skip
RESPONSE = {"type": "response.created", "event_id": "e2", "response": {
    "object": "realtime.response", "id": "resp_1", "status": "in_progress", "status_details": None,
    "output": [], "conversation_id": "conv_1", "output_modalities": ["text"], "usage": None,
    "metadata": None}}  # fmt: skip
ITEM = {"id": "item_1", "object": "realtime.item", "type": "message", "role": "assistant",
        "status": "in_progress", "content": []}  # fmt: skip
ADDED = {"type": "response.output_item.added", "event_id": "e3", "response_id": "resp_1",
         "output_index": 0, "item": ITEM}  # fmt: skip
DONE = {**ADDED, "type": "response.output_item.done", "item": {**ITEM, "status": "completed"}}
STAGES = {
    "response-create-unanswered": [],
    "response-stalled-after-created": [RESPONSE],
    "response-stalled-mid-stream": [RESPONSE, ADDED],
    "response-done-missing": [RESPONSE, ADDED, DONE],
}


def roots(name: str, silent: float, code: int, by: Sender | None) -> dict[str, str | None]:
    """What stands at warning or above after a hang-up: names, and what each hangs under."""
    session = Session(load_pack(), RULES, patience=10.0)
    session.observe(Opened(0.0, URL))
    events = [(Sender.SERVER, CREATED), (Sender.CLIENT, {"type": "response.create"})]
    events += [(Sender.SERVER, payload) for payload in STAGES[name]]
    for seq, (sender, payload) in enumerate(events, start=1):
        session.observe(Event(seq, 0.1, sender, str(payload["type"]), payload, 100))
    session.observe(Closed(0.1 + silent, code, "", by))
    found = by_name(session.finish().findings)
    return {one.name: one.under for one in found if one.name in (*STAGES, "close-mid-response")}


@pytest.mark.parametrize("name", list(STAGES))
@pytest.mark.parametrize("code", [1000, 1001, 1005, 1006])
def test_who_hangs_up_after_a_silence_had_waited_for_it(name: str, code: int) -> None:
    found = roots(name, 3.0, code, Sender.CLIENT)
    assert found.pop(name) is None
    assert set(found.values()) <= {name}
    assert ("close-mid-response" in found) == bool(STAGES[name])


@pytest.mark.parametrize("name", list(STAGES))
def test_who_hangs_up_soon_had_other_reasons(name: str) -> None:
    found = roots(name, 2.9, 1000, Sender.CLIENT)
    assert found == ({"close-mid-response": None} if STAGES[name] else {})


@pytest.mark.parametrize("name", [one for one in STAGES if STAGES[one]])
@pytest.mark.parametrize("code", [1000, 1001, 1011])
def test_a_close_by_the_server_is_the_fault_until_patience_is_over(name: str, code: int) -> None:
    assert roots(name, 9.9, code, Sender.SERVER) == {"close-mid-response": None}
    assert roots(name, 10.1, code, Sender.SERVER) == {name: None, "close-mid-response": name}


def test_a_link_that_broke_may_be_the_reason_of_the_silence() -> None:
    name = "response-stalled-mid-stream"
    assert roots(name, 30.0, 1006, None) == {"close-mid-response": None, name: "close-mid-response"}


def test_of_a_normal_close_whose_side_is_unknown_the_client_is_thought_of() -> None:
    name = "response-stalled-after-created"
    assert roots(name, 6.0, 1000, None) == {name: None, "close-mid-response": name}


def test_nobody_is_as_sure_as_after_the_whole_patience() -> None:
    session = Session(load_pack(), RULES, patience=10.0)
    session.observe(Opened(0.0, URL))
    for seq, payload in enumerate((CREATED, RESPONSE), start=1):
        session.observe(Event(seq, 0.1, Sender.SERVER, str(payload["type"]), payload, 100))
    session.observe(Closed(8.1, 1000, "", Sender.CLIENT))
    (stall, close) = (one for one in session.finish().findings if one.subject == "resp_1")
    assert stall.certainty is Certainty.MEDIUM
    assert "8.0 s" in stall.message
    assert stall.message.endswith("Then the client hung up")
    assert close.causes[0].text.startswith("the program did not wait")


@pytest.mark.parametrize(("by", "told"), [(Sender.SERVER, True), (None, False)])
def test_who_hangs_up_while_a_microphone_streams_is_the_client_unless_it_is_known(
    by: Sender | None, told: bool
) -> None:
    log = begun()
    for _ in range(5):
        log.client("input_audio_buffer.append", audio="AAAA")
    found = named(log.closed(0.1, 1000, by=by).judged(), "close-1000-unexplained")
    assert bool(found) == told


def test_a_close_right_after_the_first_audio_is_told_of_whoever_closed() -> None:
    log = begun().client("input_audio_buffer.append", audio="AAAA").closed(0.1, 1000, by=None)
    assert named(log.judged(), "close-1000-unexplained")


def test_who_waits_in_vain_for_an_answer_nobody_asked_for_is_told() -> None:
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}
    for after, told in ((2.9, False), (3.0, True)):
        log = begun(vad=False).client("conversation.item.create", item=item)
        assert bool(named(log.closed(after).judged(), "no-response-create")) == told


def test_a_list_of_types_with_times_shows_a_silence_when_nothing_follows() -> None:
    for code in (None, "rate_limits.updated", "response.output_item.added"):
        session = Session(load_pack(), RULES, view=View(whole=False, selective=True))
        types = ["session.created", "response.created", *([code] if code else [])]
        for seq, type_ in enumerate(types, start=1):
            event = Event(seq, 0.1, Sender.SERVER, type_, {"type": type_}, 0, None, False)
            session.observe(event)
        session.observe(Remark(30.0, "no answer after 30 s, giving up", 9))
        stalls = named(session.finish().findings, "response-stalled-after-created")
        assert bool(stalls) == (code != "response.output_item.added")
