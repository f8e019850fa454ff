"""A line that is passed over could not have mattered to any reader."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from rtdebug.api.diagnosing import sender_of
from rtdebug.captures.pasted.paste import read_paste
from rtdebug.captures.relevance import Relevance, all_signs
from rtdebug.captures.texts import read_long_text
from rtdebug.model.records import Closed, Event, Refused, Remark

LOGS = sorted((Path(__file__).parent / "logs").glob("*.txt"))


def test_no_sign_has_a_digit_or_a_capital() -> None:
    assert not [sign for sign in all_signs() if re.search(rb"[0-9A-Z]", sign)]


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_what_is_dull_alone_is_no_more_than_a_remark_alone(path: Path) -> None:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if Relevance().is_dull(line.encode()):
            records = read_paste(line, sender_of)[0].records
            assert all(isinstance(record, Remark) for record in records), line


def test_a_line_like_a_dull_one_is_dull_and_any_other_is_looked_at() -> None:
    relevance = Relevance()
    assert relevance.is_dull(b"2026-03-01 10:00:00 INFO job 17 finished in 3 ms")
    assert relevance.is_dull(b"2026-03-01 10:00:01 INFO job 9 finished in 200 ms")
    assert not relevance.is_dull(b"2026-03-01 10:00:02 INFO job 9 failed in 200 ms")


def test_lines_of_a_value_and_the_head_above_it_are_kept() -> None:
    lines = [
        b"2026-03-01 10:00:00 INFO job 1 done", b"2026-03-01 10:00:01 recv", b"{", b'  "a": 1', b"}",
        b"2026-03-01 10:00:02 INFO job 2 done",
    ]  # fmt: skip
    assert Relevance().kept(lines) == [1, 2, 3, 4]


def _app_log(lines: int) -> list[str]:
    return [
        f"2026-03-01 10:{n // 60:02}:{n % 60:02} INFO web: job {n} took 3 ms" for n in range(lines)
    ]


def test_messages_between_many_lines_of_an_app_keep_their_places_and_times() -> None:
    log = _app_log(3000)
    said = {
        100: '2026-03-01 10:01:40 DEBUG recv {"type": "session.created", "event_id": "e1", '
        '"session": {}}',
        2000: "2026-03-01 10:33:20 INFO ws closed: code 1011 (internal error)",
    }
    for number, line in said.items():
        log[number] = line
    data = "\n".join(log).encode()
    records = list(read_long_text(io.BytesIO(data), sender_of).records)
    (event,) = [one for one in records if isinstance(one, Event)]
    (closed,) = [one for one in records if isinstance(one, Closed)]
    assert event.type == "session.created"
    assert closed.code == 1011
    assert closed.at - event.at == 1900


def test_a_complaint_that_comes_often_is_told_ten_times_and_at_the_end() -> None:
    log = [f"2026-03-01 10:00:{n % 60:02} WARN upstream {n} is slow" for n in range(500)]
    log += [
        "2026-03-01 10:09:00 ERROR connect to wss://x/v1/realtime failed: HTTP 401 Unauthorized"
    ]
    reading = read_long_text(io.BytesIO("\n".join(log).encode()), sender_of)
    records = list(reading.records)
    lines = [one.line for one in records if isinstance(one, Remark)]
    assert len([one for one in records if isinstance(one, Refused)]) == 1
    assert len(lines) <= len(log)
    assert 1 in lines


def test_records_without_a_message_are_counted_not_kept(read_one: Any) -> None:
    rows = [
        {"time": f"2026-03-01T10:00:{n % 60:02}Z", "msg": f"job {n} done"} for n in range(40_000)
    ]
    rows[5] = {"time": "2026-03-01T10:00:05Z", "dir": "recv",
               "event": {"type": "session.created", "event_id": "e1", "session": {}}}  # fmt: skip
    whole = read_one("".join(json.dumps(row) + "\n" for row in rows))
    assert whole.types == ["session.created"]
    assert whole.reading.notes[-1].endswith("and 39989 more")
