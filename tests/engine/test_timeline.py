"""The timeline keeps the beginning and the end, and counts the rest."""

from __future__ import annotations

import pytest
from building import Reply, Talk, closed, event

from rtdebug.engine.session import Session
from rtdebug.engine.timeline import KEPT, SMALL, Timeline
from rtdebug.model.records import Ended, Event, Opened, Refused, Remark, Sender, Step, Undecodable
from rtdebug.packs.load import load_pack


def limits(seq: int, words: int = 0) -> Event:
    payload = {
        "type": "rate_limits.updated",
        "event_id": f"e_{seq}",
        "rate_limits": [],
        "x": "y" * words,
    }
    return event(seq, seq / 100, "server", payload)


def filled(count: int) -> Timeline:
    timeline = Timeline(load_pack())
    for seq in range(1, count + 1):
        timeline.add(limits(seq))
    return timeline


@pytest.mark.parametrize("count", [0, 1, KEPT - 1, KEPT, KEPT + 1, 2 * KEPT])
def test_all_rows_are_kept_while_there_is_room(count: int) -> None:
    assert [row.seq for row in filled(count).rows()] == list(range(1, count + 1))


def test_of_many_the_first_and_the_last_are_kept() -> None:
    rows = filled(5 * KEPT).rows()
    assert len(rows) == 2 * KEPT
    assert [row.seq for row in rows[:KEPT]] == list(range(1, KEPT + 1))
    assert [row.seq for row in rows[KEPT:]] == list(range(4 * KEPT + 1, 5 * KEPT + 1))


def test_large_messages_are_rows_at_once() -> None:
    timeline = Timeline(load_pack())
    timeline.add(limits(1, words=SMALL))
    (row,) = timeline.rows()
    assert row.size > SMALL
    assert row.type == "rate_limits.updated"


def test_every_kind_of_record_has_a_row() -> None:
    timeline = Timeline(load_pack())
    for record in (
        Opened(0.0, "wss://api.example.com/v1/realtime"),
        Refused(0.1, Step.UPGRADE, "HTTP 401"),
        Undecodable(1, 0.2, Sender.SERVER, "pong", "not JSON"),
        limits(2),
        Remark(0.4, "Traceback", 12),
        Ended(0.5, "finished"),
    ):
        timeline.add(record)
    rows = [(row.seq, row.type, row.summary) for row in timeline.rows()]
    assert rows[0] == (None, "opened", "wss://api.example.com/v1/realtime")
    assert rows[1] == (None, "refused", "HTTP 401")
    assert rows[2] == (1, "(no event)", "not JSON")
    assert rows[3][:2] == (2, "rate_limits.updated")
    assert rows[4] == (None, "remark", "Traceback")
    assert rows[5] == (None, "ended", "finished")


def test_a_session_counts_what_its_timeline_dropped() -> None:
    session = Session(load_pack(), ())
    for seq in range(1, 2501):
        session.observe(limits(seq))
    judged = session.finish()
    assert len(judged.timeline) == 2 * KEPT
    assert judged.rows_left_out == 2501 - 2 * KEPT  # with the end of the record
    assert judged.server == 2500


def long_answer(deltas: int) -> list[Event]:
    talk = Talk()
    talk.start()
    talk.client("response.create")
    reply = Reply(talk)
    reply.say(*(f"word {number} " for number in range(deltas)))
    return [one for one in talk.records() if isinstance(one, Event)]


def test_deltas_that_pass_without_a_record_have_rows_too() -> None:
    events = long_answer(50)
    session = Session(load_pack(), ())
    for one in events:
        assert one.text is not None
        session.receive(one.text, one.at, one.sender)
    rows = [row for row in session.finish().timeline if row.seq is not None]
    assert [(row.seq, row.type) for row in rows] == [(one.seq, one.type) for one in events]


def test_the_latest_event_is_known_though_it_had_no_record() -> None:
    events = long_answer(50)
    end = next(index for index, one in enumerate(events) if one.type.endswith("text.done"))
    session = Session(load_pack(), ())
    for one in events[:end]:
        assert one.text is not None
        session.receive(one.text, one.at, one.sender)
        last = session.state.last
        assert last is not None
        assert (last.seq, last.type) == (one.seq, one.type)
    assert session.state.last_server == session.state.last


def test_the_clients_events_are_no_events_of_the_server() -> None:
    talk = Talk()
    talk.start()
    talk.client("response.create")
    session = Session(load_pack(), ())
    for record in closed(talk.records()):
        session.observe(record)
    assert session.state.last is not None
    assert session.state.last.type == "response.create"
    assert session.state.last_server is not None
    assert session.state.last_server.type == "session.updated"


def test_what_passed_is_looked_for_behind_what_the_client_sent() -> None:
    timeline = Timeline(load_pack())
    for seq, sender in ((1, Sender.SERVER), (2, Sender.SERVER), (3, Sender.CLIENT)):
        timeline.append((seq, seq / 10, sender, b'{"type": "response.create"}'))
    latest, server = timeline.passed(0), timeline.passed(1, by_server=True)
    assert (latest.seq if latest else None) == 3
    assert (server.seq if server else None) == 2
    assert timeline.passed(2, by_server=True) is None
