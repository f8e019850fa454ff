"""A log that goes on after the end of a connection holds another one, judged by itself."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from rtdebug.api.diagnosing import diagnose, sender_of
from rtdebug.api.watching import Watching
from rtdebug.api.watching_file import watch_file
from rtdebug.captures import own
from rtdebug.captures.convert import to_jsonl
from rtdebug.captures.formats import read
from rtdebug.model.results import Run

CREATED = {"object": "realtime.response", "status": "in_progress", "output": []}
CLOSED = "10:00:02.000 websocket closed: 1006\n"


def event(at: float, arrow: str, **payload: Any) -> str:
    return f"10:00:{at:06.3f} {arrow} {orjson.dumps(payload).decode()}\n"


def greeting(at: float, number: int) -> str:
    session = {"id": f"sess_{number}", "object": "realtime.session", "type": "realtime"}
    return event(at, "<", type="session.created", event_id=f"event_{number}", session=session)


def asked(at: float) -> str:
    return event(at, ">", type="response.create")


def created(at: float, number: int) -> str:
    body = {**CREATED, "id": f"resp_{number}"}
    return event(at, "<", type="response.created", event_id=f"event_1{number}", response=body)


def judged(log: str | bytes) -> Sequence[Run]:
    data = log if isinstance(log, bytes) else log.encode()
    (reading,) = read(io.BytesIO(data), sender_of=sender_of)
    return diagnose(reading, "app.log")


def names(run: Run) -> set[str]:
    return {finding.name for finding in run.findings}


FIRST = greeting(0, 1) + asked(0.1) + created(0.3, 1)
TWO = FIRST + CLOSED + greeting(5, 2) + asked(5.1) + created(5.3, 2)


def test_each_connection_is_judged_by_itself() -> None:
    first, second = judged(TWO)
    assert (first.name, second.name) == ("app.log (connection 1)", "app.log (connection 2)")
    assert names(first) == {"close-mid-response", "close-1006-abnormal"}
    assert names(second) == {"capture-truncated"}
    assert [(run.client, run.server) for run in (first, second)] == [(1, 2), (1, 2)]
    assert first.notes == ()
    assert second.notes == ()


def test_what_was_sent_before_the_greeting_belongs_to_the_new_connection() -> None:
    first, second = judged(FIRST + CLOSED + asked(4.9) + greeting(5, 2) + created(5.3, 2))
    assert [(run.client, run.server) for run in (first, second)] == [(1, 2), (1, 2)]


@pytest.mark.parametrize(
    "rest",
    [created(2.1, 3), asked(2.1), asked(2.1) + "giving up\n" + created(2.2, 3)],
    ids=["an answer", "a request", "a request and an answer"],
)
def test_what_comes_late_opens_nothing(rest: str) -> None:
    (run,) = judged(FIRST + CLOSED + rest)
    assert run.name == "app.log"
    assert run.client + run.server == 3 + rest.count("event_id") + rest.count('response.create"')


def test_however_much_comes_ungreeted_nothing_is_lost() -> None:
    runs = judged(FIRST + CLOSED + asked(2.1) * 1100 + greeting(5, 2))
    assert [run.client for run in runs] == [1002, 99]


def test_an_end_before_any_event_ends_nothing() -> None:
    (run,) = judged(CLOSED + greeting(5, 2) + asked(5.1) + created(5.3, 2))
    assert (run.client, run.server) == (1, 2)


def test_errors_without_envelope_are_no_messages_of_either() -> None:
    error = '10:00:06.000 {"type": "server_error", "message": "it broke"}\n'
    first, second = judged(TWO + error)
    assert [(run.client, run.server) for run in (first, second)] == [(1, 2), (1, 2)]
    assert "server-error-event" in names(second)


def test_a_capture_made_of_such_a_log_is_judged_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    (reading,) = read(io.BytesIO(TWO.encode()), sender_of=sender_of)
    capture = b"".join(to_jsonl(reading, pack="openai-realtime"))
    for longest in (own.KEEP_TEXT, -1):
        monkeypatch.setattr(own, "KEEP_TEXT", longest)
        runs = judged(capture)
        assert [names(run) for run in runs] == [names(run) for run in judged(TWO)]


def test_watching_the_file_shows_both(tmp_path: Any) -> None:
    path = tmp_path / "app.log"
    path.write_text(TWO, encoding="utf-8")
    report = watch_file(str(path), Watching())
    assert [names(run) for run in report.runs] == [names(run) for run in judged(TWO)]
