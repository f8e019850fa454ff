"""What is converted replays as what it was converted from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rtdebug.captures.convert import to_har, to_jsonl
from rtdebug.model.records import Closed, Ended, Event, Opened, Sender, Undecodable
from rtdebug.secrets.masker import Masker

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
    har = b"".join(to_har([(again(whole), "p")], version="1.0"))
    assert json.loads(har)["log"]["creator"] == {"name": "rtdebug", "version": "1.0"}
    opened, created, odd, closed = read_one(har).records
    assert isinstance(opened, Opened)
    assert opened.url == "wss://example.test/v1/realtime"
    assert (created.at, created.sender, created.type) == (0.25, Sender.SERVER, "session.created")
    assert isinstance(odd, Undecodable)
    assert odd.data == "odd"
    assert isinstance(closed, Closed)
    assert (closed.code, closed.reason, closed.sender) == (4000, "why", Sender.SERVER)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_a_log_as_har_replays_the_same(name: str, read_one: Any) -> None:
    whole = read_one((LOGS / name).read_bytes())
    back = read_one(b"".join(to_har([(again(whole), "p")])))
    assert back.reading.format == "HAR"
    assert [strip(record) for record in back.records] == [strip(one) for one in whole.records]
    assert back.reading.bare == whole.reading.bare
    assert back.reading.view == whole.reading.view
    assert back.reading.started == whole.reading.started
    assert back.reading.pack_hint == "p"


def strip(record: Any) -> Any:
    """A record without the text it came in, which is not kept where it was not whole."""
    return record._replace(text=None) if isinstance(record, Event) else record


def archive(*messages: dict[str, Any], **fields: Any) -> str:
    entry = {
        "_resourceType": "websocket", "startedDateTime": "2026-02-03T04:05:06.000Z",
        "request": {"url": "wss://example.test/v1/realtime"}, "response": {"status": 101},
        "_webSocketMessages": [
            {"type": "receive", "time": 1770091506.0 + at, "opcode": 1, "data": json.dumps(event)}
            for at, event in enumerate(messages, 1)
        ],
        **fields,
    }  # fmt: skip
    return json.dumps({"log": {"entries": [entry]}})


CREATED = {"type": "session.created", "event_id": "e1", "session": {}}


def test_the_time_of_an_entry_of_a_browser_is_when_its_connection_was_over(read_one: Any) -> None:
    closed = {"_webSocketClose": {"code": 1000, "reason": "", "by": "client"}}
    over = read_one(archive(CREATED, time=42_000)).records[-1]
    assert over == Ended(42.0, "the connection was over, in the browser's record")
    assert read_one(archive(CREATED, time=42_000, **closed)).records[-1].at == 42.0
    assert read_one(archive(CREATED, time=42_000)).reading.view.to_end


@pytest.mark.parametrize("time", [0, 31.5, -1, None, True, "42000", 1e308])
def test_a_browser_s_connection_that_was_still_open_has_no_end(time: Any, read_one: Any) -> None:
    whole = read_one(archive(CREATED, time=time))
    assert isinstance(whole.records[-1], Event) is (time != 1e308)
    assert whole.reading.view.to_end is (time == 1e308)


@pytest.mark.parametrize("ours", [{"version": 1}, {"version": 2, "records": []}, 7,
                                  {"version": 1, "records": [{"after": 0, "at": 0.0, "no": 1}]}])  # fmt: skip
def test_an_archive_that_is_not_as_it_was_written_is_read_as_any_other(
    ours: Any, read_one: Any
) -> None:
    assert read_one(archive(CREATED, _rtdebug=ours)).types == ["session.created"]


def test_secrets_in_an_archive_that_says_it_is_ours_are_replaced(read_one: Any) -> None:
    secret = "sk-" + "a1B2" * 8
    whole = read_one("""{"ts": 1.5, "event": "open", "url": "wss://example.test"}
{"ts": 2.5, "dir": "recv", "event": {"type": "error", "error": {"message": "SECRET"}}}
{"ts": 3.5, "event": "close", "code": 4000, "reason": "SECRET", "by": "server"}
""")
    har = b"".join(to_har([(again(whole), None)])).decode().replace("SECRET", secret)
    back = read_one(har)
    shown = [*map(Masker().record, back.records)]
    assert shown[-1].reason == "sk-[redacted]"
    assert secret not in repr(shown)
