"""The view for programs: lines of JSON, one for each record."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from live_story import PACK, SCHEMA_FINDING, event, run
from report_samples import EVIL, OPEN, STALLED_FINDING, C, S

from rtdebug.model.records import Closed, Event, Opened
from rtdebug.reports.arrivals import MOST_RECORDS
from rtdebug.reports.filters import typed_filter
from rtdebug.reports.live_ndjson import NdjsonView


def lines(view: NdjsonView) -> list[dict[str, Any]]:
    while view.absorb(0.0):
        pass
    return [json.loads(line) for line in view.draw(0.0).splitlines()]


def test_every_record_is_a_line() -> None:
    view = NdjsonView()
    lane = view.lane(PACK)
    lane.accept(Opened(0.0, "wss://example.test"), ())
    lane.accept(event(1, 0.1, C, "response.create"), ())
    lane.accept(Closed(0.2, 1000, "", S), ())
    opened, sent, closed = lines(view)
    assert opened["opened"]["url"] == "wss://example.test"
    assert sent == {"seq": 1, "at": 0.1, "from": "client", "event": {"type": "response.create"}}
    assert closed["closed"] == {"code": 1000, "reason": "", "by": "server"}


def test_lines_of_several_connections_say_which() -> None:
    view = NdjsonView()
    for number in (1, 2):
        lane = view.lane(PACK, f"#{number}")
        lane.accept(Opened(0.0), ())
        lane.note("hm")
        lane.over(run("connection"))
    view.note("GET /v1/models: 200")
    found = lines(view)
    assert [line.get("connection") for line in found] == [1, 1, 1, 2, 2, 2, None]
    assert [line.get("note") for line in found][1::3] == ["hm", "hm"]
    assert [line["run"]["name"] for line in found if "run" in line] == ["connection"] * 2
    assert found[-1] == {"note": "GET /v1/models: 200"}


def test_findings_come_with_their_record_or_alone() -> None:
    view = NdjsonView(keeps=lambda finding: finding.name != SCHEMA_FINDING.name)
    lane = view.lane(PACK)
    lane.accept(event(1, 0.1, S, "error"), (STALLED_FINDING, SCHEMA_FINDING))
    lane.found([STALLED_FINDING])
    lane.found([SCHEMA_FINDING])
    first, second = lines(view)
    assert [one["name"] for one in first["findings"]] == [STALLED_FINDING.name]
    assert list(second) == ["findings"]


def test_the_last_line_says_what_a_connection_came_to() -> None:
    """Whether or not people are told of it elsewhere."""
    view = NdjsonView()
    view.lane(PACK).over(OPEN, told=True)
    (line,) = lines(view)
    ended = line["run"]
    assert (ended["outcome"], ended["events"]) == ("clean", {"client": 3, "server": 6})
    assert [one["event"] for one in ended["open"]] == [4, 3]
    assert set(ended) >= {"totals", "coverage", "findings"}


def test_a_finding_is_told_under_one_that_stands_there() -> None:
    """A rule may know its cause by name only, which is no key."""
    view = NdjsonView()
    lane = view.lane(PACK)
    by_name = replace(SCHEMA_FINDING, key="b", under="something-else")
    by_key = replace(SCHEMA_FINDING, key="c", under=STALLED_FINDING.key)
    lane.found([STALLED_FINDING, by_name, by_key])
    (line,) = lines(view)
    assert [one["under"] for one in line["findings"]] == [None, None, STALLED_FINDING.key]


def test_a_record_that_is_filtered_out_leaves_its_findings() -> None:
    view = NdjsonView(wanted=typed_filter("response.*"))
    lane = view.lane(PACK)
    lane.accept(event(1, 0.1, S, "error"), (STALLED_FINDING,))
    lane.accept(event(2, 0.2, S, "error"), ())
    (line,) = lines(view)
    assert list(line) == ["findings"]


def test_what_found_no_room_is_counted() -> None:
    view = NdjsonView()
    lane = view.lane(PACK)
    for number in range(MOST_RECORDS + 7):
        lane.accept(event(number, 0.1, C, "response.create"), ())
    found = lines(view)
    assert len(found) == MOST_RECORDS + 1
    assert found[-1] == {"left_out": 7}


def test_lines_that_nobody_takes_are_bounded_and_none_is_lost_at_the_end() -> None:
    view = NdjsonView()
    lane = view.lane(PACK)
    large = event(1, 0.1, S, "x", text="y" * 100_000)
    for _ in range(60):
        lane.accept(large, ())
        view.absorb(0.0)
    assert view.held < 60
    assert len(view.close(0.0).splitlines()) == 60
    assert view.arrivals.held_bytes == 0


def test_hostile_text_stays_within_its_line() -> None:
    view = NdjsonView()
    view.lane(PACK, "#x").accept(Event(1, 0.1, S, EVIL, {EVIL: EVIL}), ())
    view.note(EVIL)
    assert len(lines(view)) == 2
