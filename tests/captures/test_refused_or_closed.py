"""Logs that show a program, a status or an end together: what of it was a session."""

from __future__ import annotations

from typing import Any

from rtdebug.model.records import Closed, Refused

PROGRAM = """\
const ws = new WebSocket("wss://voice.example.net/v1/realtime?model=m1");
ws.on("open", () => {
  ws.send(JSON.stringify({"type": "session.update", "session": {"type": "realtime"}}));
});
"""


def records(whole: Any, kind: type) -> list[Any]:
    return [record for record in whole.records if isinstance(record, kind)]


def test_what_a_shown_program_would_send_was_not_sent_if_it_was_refused(read_one: Any) -> None:
    whole = read_one(f"{PROGRAM}\nError: Unexpected server response: 404\n    at emit (node:9)\n")
    (refused,) = records(whole, Refused)
    assert refused.status == 404
    assert whole.events == []


def test_what_was_sent_before_an_end_stays_when_the_next_attempt_is_refused(read_one: Any) -> None:
    whole = read_one(f"{PROGRAM}\nclosed 1011 busy\nError: Unexpected server response: 503\n")
    assert whole.types == ["session.update"]
    assert [one.code for one in records(whole, Closed)] == [1011]
    assert [one.status for one in records(whole, Refused)] == [503]


def test_a_status_on_a_line_of_a_close_was_a_refusal(read_one: Any) -> None:
    line = "Socket closed: 1002 - Invalid status code received: 403 Status line: HTTP/1.1 403"
    whole = read_one(f"{line} Forbidden\n")
    (refused,) = records(whole, Refused)
    assert refused.status == 403
    assert records(whole, Closed) == []


def test_a_code_of_the_server_on_a_line_with_a_status_stays_a_close(read_one: Any) -> None:
    whole = read_one("closed: 1008 - the account service said HTTP 403 Forbidden\n")
    assert [one.code for one in records(whole, Closed)] == [1008]


def test_a_line_between_its_own_fences_is_read(read_one: Any) -> None:
    whole = read_one("```WebSocket closed: 1013 - come back later```\n")
    (closed,) = records(whole, Closed)
    assert closed.code == 1013
