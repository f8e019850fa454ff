"""A large array or archive is read piece by piece, and gives what a small one gives."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from rtdebug.captures import formats
from rtdebug.captures.elements import Text, as_lines
from rtdebug.captures.har_streamed import Messages, parsed_apart

LOGS = Path(__file__).parent / "logs"


def _elements(data: str) -> list[str]:
    lines = as_lines(io.BytesIO(data.encode()))
    assert lines is not None
    with lines:
        return lines.read().decode().splitlines()


@pytest.mark.parametrize(
    ("data", "elements"),
    [
        ("[]", []),
        ('[{"a": 1}, [2], "x"]', ['{"a": 1}', "[2]", '"x"']),
        ('\ufeff[\n {"a":\n 1},\n {"b": "]}"}\n]\n', ['{"a":  1}', '{"b": "]}"}']),
        ('[{"a": "é\\"]"}, {"b": {"c": [', ['{"a": "é\\"]"}', '{"b": {"c": [']),
        ('[{"a": 1} no json', ['{"a": 1}', "no json"]),
    ],
)
def test_an_array_becomes_lines(data: str, elements: list[str]) -> None:
    assert _elements(data) == elements


def test_elements_across_the_blocks_of_a_file_are_whole(monkeypatch: Any) -> None:
    monkeypatch.setattr("rtdebug.captures.elements.CHUNK", 7)
    rows = [{"n": number, "text": "ü" * number} for number in range(40)]
    assert [json.loads(line) for line in _elements(json.dumps(rows, ensure_ascii=False))] == rows


def test_what_is_no_array_is_left_alone() -> None:
    assert as_lines(io.BytesIO(b'{"a": []}')) is None
    assert Text(io.BytesIO(b"  ")).next_sign() == ""


def test_messages_are_set_aside_and_what_looks_like_them_in_a_text_is_not() -> None:
    messages = [{"type": "send", "data": '"_webSocketMessages": ['}, {"type": "receive"}]
    entry = {"comment": '"_webSocketMessages": [', "_webSocketMessages": messages, "time": 1}
    archive = {"log": {"entries": [entry, {"_webSocketMessages": []}]}}
    value = parsed_apart(io.BytesIO(json.dumps(archive).encode()))
    first, second = value["log"]["entries"]
    assert isinstance(first["_webSocketMessages"], Messages)
    assert list(first["_webSocketMessages"]) == messages
    assert first["comment"] == entry["comment"]
    assert not second["_webSocketMessages"]


@pytest.mark.parametrize("path", sorted(LOGS.glob("*.har")), ids=lambda path: path.name)
def test_an_archive_in_pieces_gives_the_same_records(
    path: Path, read_log: Any, monkeypatch: Any
) -> None:
    small = read_log(path.read_bytes())
    monkeypatch.setattr(formats, "LARGE", 0)
    large = read_log(path.read_bytes())
    assert [one.records for one in large] == [one.records for one in small]
    assert [one.reading.view for one in large] == [one.reading.view for one in small]


def test_an_array_in_pieces_gives_the_same_events(read_log: Any, monkeypatch: Any) -> None:
    rows = [
        {"ts": number / 10, "dir": "recv",
         "event": {"type": "response.output_text.delta", "event_id": f"e{number}", "delta": "x"}}
        for number in range(50)
    ]  # fmt: skip
    data = json.dumps(rows, indent=1)
    (small,) = read_log(data)
    monkeypatch.setattr(formats, "LARGE", 0)
    (large,) = read_log(data)
    assert large.types == small.types
    assert [event.at for event in large.events] == [event.at for event in small.events]
