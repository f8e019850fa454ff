"""Calls that one log interleaves are judged each on its own, whatever tells them apart."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from rtdebug.api.converting import Conversion
from rtdebug.api.diagnosing import diagnose, sender_of
from rtdebug.api.watching import Watching
from rtdebug.api.watching_file import watch_file
from rtdebug.captures.formats import read
from rtdebug.errors import UsageError
from rtdebug.model.findings import Severity
from rtdebug.model.results import Run

Write = Callable[[str, str, str, str], str]


def event(kind: str, **fields: Any) -> str:
    return json.dumps({"type": kind, **fields})


def call(name: str, *, broken: bool = False) -> list[tuple[str, str]]:
    """The messages of a call, as side and text; a ``broken`` one is told of an error."""
    session = {"type": "realtime", "object": "realtime.session", "id": f"sess_{name}"}
    item = {
        "id": f"item_{name}", "type": "message", "role": "assistant", "status": "completed",
        "content": [{"type": "output_text", "text": "hello"}],
    }  # fmt: skip
    response = {"object": "realtime.response", "id": f"resp_{name}", "output": []}
    created = {**response, "status": "in_progress"}
    done = {**response, "status": "completed", "output": [item]}
    error = {"type": "server_error", "code": None, "message": "The server had an error"}
    last = event("error", event_id=f"ev_{name}_9", error=error)
    return [
        ("RECV", event("session.created", event_id=f"ev_{name}_1", session=session)),
        ("SEND", event("response.create")),
        ("RECV", event("response.created", event_id=f"ev_{name}_2", response=created)),
        ("RECV", event("response.done", event_id=f"ev_{name}_3", response=done)),
        *([("RECV", last)] if broken else []),
    ]


def fields(record: Callable[[str, str, Any], dict[str, Any]]) -> Write:
    return lambda at, name, side, text: json.dumps({"ts": at, **record(name, side, text)})


DIGITS = {"a": "11", "b": "22", "c": "33", "d": "44", "e": "55"}
WAYS: dict[str, Write] = {
    "prefix": lambda at, name, side, text: f"{at} [call-{name}] {side} {text}",
    "prefix behind a level": lambda at, name, side, text: f"{at} [INFO] [{name}] {side} {text}",
    "pid": lambda at, name, side, text: f"{at} [{DIGITS[name]}] {side} {text}",
    "pair": lambda at, name, side, text: f"{at} INFO call={name} {side} {text}",
    "word": lambda at, name, side, text: f"{at} INFO bridge call-{name} {side} {text}",
    "column": lambda at, name, side, text: f"worker-{name}  | {at} {side} {text}",
    "logger": lambda at, name, side, text: f"{at} app.calls.{name} INFO {side} {text}",
    "field": fields(lambda name, side, text: {"call": name, "dir": side, "event": json.loads(text)}),
    "number": fields(
        lambda name, side, text: {"conn": int(DIGITS[name]), "dir": side, "event": json.loads(text)}
    ),
    "nested": fields(
        lambda name, side, text: {"ctx": {"call": {"id": name}}, "dir": side, "message": text}
    ),
    "outer": fields(
        lambda name, side, text: {"traceId": f"{name}f" * 16, "body": {"dir": side, "data": text}}
    ),
    "nothing": lambda at, name, side, text: f"{at} {side} {text}",
}  # fmt: skip


def log(way: Write, names: str, broken: str = "") -> str:
    calls = [call(name, broken=name == broken) for name in names]
    lines = []
    for number, row in enumerate(zip_longest(*calls)):
        for name, message in zip(names, row, strict=True):
            if message is not None:
                at = f"2026-03-01T10:00:0{number}.{ord(name)}0Z"
                lines.append(way(at, name, *message))
    return "\n".join(lines) + "\n"


def runs_of(text: str) -> list[Run]:
    readings = read(io.BytesIO(text.encode()), sender_of=sender_of)
    found: list[Run] = []
    for reading in readings:
        found += diagnose(reading, reading.name)
    return found


def loud(run: Run) -> list[str]:
    return [one.name for one in run.findings if one.severity is not Severity.INFO]


@pytest.mark.parametrize("names", ["ab", "abc", "abcde"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_healthy_calls_are_clean_each(way: Write, names: str) -> None:
    runs = runs_of(log(way, names))
    assert [(run.client, run.server) for run in runs] == [(1, 3)] * len(names)
    assert [loud(run) for run in runs] == [[]] * len(names)
    assert len({run.name for run in runs}) == len(names)


@pytest.mark.parametrize("names", ["ab", "abcd"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_broken_one_is_named(way: Write, names: str) -> None:
    runs = runs_of(log(way, names, broken="b"))
    (broken,) = [run for run in runs if loud(run)]
    assert runs.index(broken) == 1
    assert "server-error-event" in loud(broken)


def test_a_close_that_no_call_is_named_in_is_no_finding() -> None:
    text = log(WAYS["prefix"], "ab").splitlines()
    text.insert(6, "2026-03-01T10:00:02.999Z connection closed: code=1006")
    runs = runs_of("\n".join(text) + "\n")
    assert [loud(run) for run in runs] == [[], []]


def test_a_close_of_one_call_is_of_that_call() -> None:
    text = log(WAYS["prefix"], "ab").splitlines()[:6]
    text.append("2026-03-01T10:00:09.999Z [call-b] connection closed: code=1006")
    first, second = runs_of("\n".join(text) + "\n")
    assert loud(first) == []
    assert "close-mid-response" in loud(second)


def test_marks_that_part_one_session_part_nothing() -> None:
    """A logger for each direction, a number for each line, a name for each response."""
    text = log(WAYS["nothing"], "a").splitlines()
    for mark in ("side", "line", "kind"):
        marked = []
        for number, line in enumerate(text):
            at, side, message = line.split(" ", 2)
            value = {
                "side": f"ws-{side}",
                "line": f"n{number}",
                "kind": json.loads(message)["type"],
            }
            marked.append(json.dumps({"ts": at, mark: value[mark], "dir": side, "data": message}))
        (run,) = runs_of("\n".join(marked) + "\n")
        assert (run.client, run.server) == (1, 3)


@pytest.fixture
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    from rtdebug.captures import formats, lines

    monkeypatch.setattr(lines, "SWIFT", 0)
    monkeypatch.setattr(formats, "LONGEST_PASTE", 0)


@pytest.mark.usefixtures("all_are_large")
@pytest.mark.parametrize("names", ["ab", "abcde"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_log_too_large_to_hold_is_parted_as_it_comes(way: Write, names: str) -> None:
    runs = runs_of(log(way, names, broken="b"))
    assert [(run.client, run.server) for run in runs] == [
        (1, 4 if name == "b" else 3) for name in names
    ]
    assert ["server-error-event" in loud(run) for run in runs] == [name == "b" for name in names]
    assert not any(loud(run) for run, name in zip(runs, names, strict=True) if name != "b")
    assert len({run.name for run in runs}) == len(names)


@pytest.mark.usefixtures("all_are_large")
@pytest.mark.parametrize("way", ["field", "prefix", "nothing"])
def test_the_calls_of_a_large_log_are_shown_and_converted_one_by_one(
    way: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.log"
    path.write_text(log(WAYS[way], "abc", broken="b"))
    report = watch_file(str(path), Watching())
    assert [(run.client, run.server) for run in report.runs] == [(1, 3), (1, 4), (1, 3)]
    assert [run.outcome.value for run in report.runs] == ["clean", "failed", "clean"]
    with pytest.raises(UsageError, match="holds 3 connections"):
        Conversion(str(path), "jsonl")
    lines = b"".join(Conversion(str(path), "jsonl", connection=2).pieces()).decode()
    assert "server_error" in lines
    assert "resp_a" not in lines
    archive = json.loads(b"".join(Conversion(str(path), "har").pieces()))
    shown = [len(entry["_webSocketMessages"]) for entry in archive["log"]["entries"]]
    assert shown == [4, 5, 4]


@pytest.mark.usefixtures("all_are_large")
def test_what_is_not_read_of_a_large_log_is_counted() -> None:
    odd = [
        f"2026-03-01T10:00:1{n % 10}.0Z ffq zz9 response.output_audio.delta kx blob"
        for n in range(30)
    ]
    for way in ("field", "prefix"):
        (run,) = runs_of(log(WAYS[way], "a") + "\n".join(odd) + "\n")
        assert run.coverage.unread == 30
        assert "ffq zz9" in run.coverage.first_unread


def test_of_very_many_calls_those_that_fell_silent_are_concluded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from rtdebug.api import several
    from rtdebug.captures import lines

    monkeypatch.setattr(lines, "SWIFT", 0)
    monkeypatch.setattr(several, "MOST_AT_ONCE", 2)
    text = log(WAYS["field"], "ab") + log(WAYS["field"], "cd").replace("10:00", "10:01")
    assert [loud(run) for run in runs_of(text)] == [[]] * 4
