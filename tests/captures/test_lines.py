"""JSON lines of other tools: their spellings, their clocks, and the fast way through long ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rtdebug.captures.lines import SWIFT
from rtdebug.model.records import Clock, Closed, Event, Opened, Remark, Sender, Undecodable
from rtdebug.secrets.masker import Masker

CREATED = {"type": "session.created", "event_id": "event_1", "session": {"id": "sess_1"}}
ASK = {"type": "response.create"}


def rows(*values: dict[str, Any]) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ({"dir": "send"}, {"dir": "recv"}),
        ({"direction": "outgoing"}, {"direction": "incoming"}),
        ({"direction": "out"}, {"direction": "in"}),
        ({"from": "client"}, {"from": "server"}),
        ({"sender": "Client"}, {"sender": "Server"}),
        ({"source": "client->server"}, {"source": "server->client"}),
        ({"side": "client_to_server"}, {"side": "server_to_client"}),
        ({"dir": "->"}, {"dir": "<-"}),
        ({"dir": ">"}, {"dir": "<"}),
        ({"dir": "C2S"}, {"dir": "S2C"}),
        ({"flow": "tx"}, {"flow": "rx"}),
        ({"type": "sent"}, {"type": "received"}),
        ({"event_name": "x", "kind": "ws_send"}, {"event_name": "x", "kind": "ws_receive"}),
        ({"from_client": True}, {"from_client": False}),
        ({"incoming": False}, {"incoming": True}),
    ],
)
def test_a_direction_is_understood_however_it_is_spelt(
    sent: dict[str, Any], received: dict[str, Any], read_one: Any
) -> None:
    unknown = {"type": "thing.new", "event_id": "e"}
    log = rows({**sent, "payload": unknown}, {**received, "payload": unknown})
    assert [event.sender for event in read_one(log).events] == [Sender.CLIENT, Sender.SERVER]


@pytest.mark.parametrize("slot", ["event", "message", "data", "payload", "msg", "body", "raw"])
@pytest.mark.parametrize("as_text", [False, True])
def test_a_message_is_found_wherever_it_is_kept(slot: str, as_text: bool, read_one: Any) -> None:
    message = json.dumps(CREATED) if as_text else CREATED
    whole = read_one(rows({"ts": 1.5, slot: message}, {"ts": 1.75, slot: ASK}))
    assert whole.types == ["session.created", "response.create"]
    assert whole.events[0].payload == CREATED
    assert whole.events[0].text == (json.dumps(CREATED) if as_text else None)
    assert [event.at for event in whole.events] == [1.5, 1.75]


@pytest.mark.parametrize(
    ("times", "ats", "clock"),
    [
        ([{"ts": 1770000000.5}, {"ts": 1770000002.0}], [0.0, 1.5], Clock.EXACT),
        ([{"time": 1770000000500}, {"time": 1770000002000}], [0.0, 1.5], Clock.EXACT),
        ([{"at": "2026-01-01T00:00:00.5Z"}, {"at": "2026-01-01T00:00:02Z"}], [0, 1.5], Clock.EXACT),
        (
            [{"timestamp": "2026-01-01 00:00:01"}, {"timestamp": "2026-01-01 00:00:03"}],
            [0.0, 2.0],
            Clock.SECONDS,
        ),
        ([{"t_ms": 100}, {"t_ms": 350}], [0.1, 0.35], Clock.EXACT),
        ([{"time": "23:59:59.5"}, {"time": "00:00:01.0"}], [0.0, 1.5], Clock.EXACT),
        ([{}, {}], [0.0, 0.0], Clock.NONE),
    ],
)
def test_a_time_is_understood_however_it_is_written(
    times: list[dict[str, Any]], ats: list[float], clock: Clock, read_one: Any
) -> None:
    whole = read_one(rows({**times[0], "event": CREATED}, {**times[1], "event": ASK}))
    assert [event.at for event in whole.events] == pytest.approx(ats)
    assert whole.reading.view.clock is clock


def test_small_times_too_far_apart_for_seconds_are_milliseconds(read_one: Any) -> None:
    log = rows(*({"t": 40 * index, "event": ASK} for index in range(10)))
    assert read_one(log).events[-1].at == pytest.approx(0.36)


def test_the_ids_tell_the_second_where_nothing_else_does(read_one: Any) -> None:
    log = rows(
        {"type": "session.created", "event_id": "event_BPPbgx000100000000000", "session": {}},
        {"type": "response.create"},
        {"type": "response.created", "event_id": "event_BPPbqx000200000000000", "response": {}},
    )
    whole = read_one(log)
    assert whole.reading.view.clock is Clock.SECONDS
    assert whole.reading.started == "2025-04-23T08:18:52.000Z"
    # What the client sent is put beside its answer: nothing says that the answer came late.
    assert [event.at for event in whole.events] == [0.0, 10.0, 10.0]


def test_the_server_s_own_log_is_turned_round(read_one: Any) -> None:
    log = rows(
        {"dir": "send", "event": CREATED},
        {"dir": "recv", "event": ASK},
        {"dir": "recv", "event": {"type": "thing.new"}},
    )
    assert [event.sender.value for event in read_one(log).events] == ["server", "client", "client"]


def test_a_label_that_names_the_side_stands_against_the_type(read_one: Any) -> None:
    log = rows(*({"from": "client", "event": CREATED} for _ in range(3)))
    assert {event.sender for event in read_one(log).events} == {Sender.CLIENT}


def test_opens_closes_and_messages_that_are_no_json_are_kept(read_one: Any) -> None:
    log = rows(
        {"ts": 0.0, "event": "open", "url": "wss://example.test/v1/realtime"},
        {"ts": 0.1, "dir": "recv", "data": "what?"},
        {"ts": 0.2, "dir": "send", "close": {"code": 1000, "reason": "bye"}},
    )
    opened, odd, closed = read_one(log).records
    assert isinstance(opened, Opened)
    assert opened.url == "wss://example.test/v1/realtime"
    assert isinstance(odd, Undecodable)
    assert odd.data == "what?"
    assert closed == Closed(0.2, 1000, "bye", Sender.CLIENT)


def test_lines_of_the_app_between_events_are_remarks(read_one: Any) -> None:
    log = rows({"dir": "recv", "event": CREATED}) * 5 + "app: I cannot play this\n" + rows(ASK)
    remark = next(r for r in read_one(log).records if isinstance(r, Remark))
    assert remark.text == "app: I cannot play this"
    assert remark.line == 6


def test_keyed_messages_are_named_by_their_key(read_one: Any) -> None:
    log = rows(
        {"setup": {"model": "m"}},
        {"setupComplete": {}},
        {"client_content": {"turns": []}},
        {"serverContent": {"turnComplete": True}, "usageMetadata": {"totalTokenCount": 3}},
        {"toolCallCancellation": {"ids": []}},
    )
    whole = read_one(log)
    assert whole.types == [
        "setup", "setupComplete", "clientContent", "serverContent", "toolCallCancellation",
    ]  # fmt: skip
    assert whole.counts == (2, 3, 0)
    assert whole.reading.view.from_start


def test_secrets_are_read_as_they_are_and_never_leave(read_one: Any) -> None:
    secret = "sk-" + "a1B2" * 8
    log = rows({"dir": "send", "event": {"type": "session.update", "session": {"key": secret}}}) * 2
    records = read_one(log).records
    assert secret in repr(records)
    assert secret not in repr([*map(Masker().record, records)])


def long_log(turns: int) -> list[dict[str, Any]]:
    log: list[dict[str, Any]] = []
    for turn in range(turns):
        start = turn * 2.0
        session = {"type": "session.updated", "event_id": f"s{turn}", "session": {"n": turn}}
        log.append({"ts": start + 0.5, "dir": "recv", "event": session})
        log.append({"ts": start + 0.75, "dir": "send", "event": ASK})
        for part in range(20):
            delta = {
                "type": "response.output_text.delta", "event_id": f"d{turn}.{part}",
                "response_id": f"resp_{turn}", "item_id": f"item_{turn}", "output_index": 0,
                "content_index": 0, "delta": f"word {part}",
            }  # fmt: skip
            log.append({"ts": start + 1 + part / 32, "dir": "recv", "event": delta})
    return log


def test_a_long_log_gives_what_its_lines_hold(read_one: Any) -> None:
    log = long_log(600)
    text = rows(*log)
    assert len(text) > SWIFT
    whole = read_one(text)
    got = [(event.at, event.sender.value, event.type, event.payload) for event in whole.events]
    side = {"send": "client", "recv": "server"}
    assert got == [(r["ts"], side[r["dir"]], r["event"]["type"], r["event"]) for r in log]
    assert [event.seq for event in whole.events] == list(range(1, len(log) + 1))


def test_a_long_log_keeps_odd_lines_and_hides_secrets(read_one: Any) -> None:
    secret = "ek_" + "z9" * 12
    log = long_log(600)
    log[5000]["event"] = {"type": "session.updated", "client_secret": {"value": secret},
                          "session": {}}  # fmt: skip
    lines = rows(*log).splitlines(keepends=True)
    lines[7000] = "not json at all, says the app\n"
    lines[7001] = '{"ts": 700.0, "dir": "recv", "close": {"code": 1011, "reason": "x"}}\n'
    whole = read_one("".join(lines))
    assert secret not in repr([*map(Masker().record, whole.records[4990:5010])])
    assert any(isinstance(record, Remark) and record.line == 7001 for record in whole.records)
    assert any(isinstance(record, Closed) and record.code == 1011 for record in whole.records)
    assert len(whole.events) == len(log) - 2


def test_a_long_log_s_sizes_are_those_of_its_messages(read_one: Any) -> None:
    whole = read_one(rows(*long_log(600)))
    for event in whole.events[1000:1010]:
        assert isinstance(event, Event)
        assert abs(event.size - len(json.dumps(event.payload))) <= 24
