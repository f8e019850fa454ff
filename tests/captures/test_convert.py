"""What is converted replays as what it was converted from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rtdebug.captures.convert import to_har, to_jsonl
from rtdebug.model.records import Closed, Event, Opened, Sender, Undecodable

LOGS = Path(__file__).parent / "logs"
GOLDEN = json.loads((LOGS / "golden.json").read_text("utf-8"))


def payloads(whole: Any) -> list[tuple[int, float, Sender, str, Any, bool]]:
    return [(e.seq, e.at, e.sender, e.type, e.payload, e.whole) for e in whole.events]


def again(whole: Any) -> Any:
    whole.reading.records = whole.records
    return whole.reading


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_a_log_as_a_capture_replays_the_same(name: str, read_one: Any) -> None:
    whole = read_one((LOGS / name).read_bytes())
    back = read_one(b"".join(to_jsonl(again(whole), pack="p")))
    assert back.reading.format == "rtdebug capture"
    assert payloads(back) == payloads(whole)
    assert back.reading.bare == whole.reading.bare
    assert back.reading.view == whole.reading.view
    assert back.reading.started == whole.reading.started
    assert back.reading.pack_hint == "p"
    others = [record for record in whole.records if not isinstance(record, Event)]
    assert [record for record in back.records if not isinstance(record, Event)] == others


def test_a_log_as_har_keeps_messages_times_and_ends(read_one: Any) -> None:
    log = """{"ts": 1770091506.25, "event": "open", "url": "wss://example.test/v1/realtime"}
{"ts": 1770091506.5, "dir": "recv", "event": {"type": "session.created", "session": {}}}
{"ts": 1770091507.0, "dir": "send", "data": "odd"}
{"ts": 1770091508.0, "event": "close", "code": 4000, "reason": "why", "by": "server"}
"""
    whole = read_one(log)
    har = to_har(again(whole), version="1.0")
    assert json.loads(har)["log"]["creator"] == {"name": "rtdebug", "version": "1.0"}
    opened, created, odd, closed = read_one(har).records
    assert isinstance(opened, Opened)
    assert opened.url == "wss://example.test/v1/realtime"
    assert (created.at, created.sender, created.type) == (0.25, Sender.SERVER, "session.created")
    assert isinstance(odd, Undecodable)
    assert odd.data == "odd"
    assert isinstance(closed, Closed)
    assert (closed.code, closed.reason, closed.sender) == (4000, "why", Sender.SERVER)
