"""Where nothing can be judged it is said what the log was, and what to do."""

from __future__ import annotations

import io
import json
import os
import zipfile
from typing import Any

import pytest

from rtdebug.captures import formats


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("app.log", "session.created")
    return file.getvalue()


@pytest.mark.parametrize(
    ("log", "note"),
    [
        (b"", "empty: 0 bytes"),
        (b"  \n\n", "4 blank characters"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "binary (looks like a PNG image)"),
        (zipped(), "binary (looks like zip)"),
        (b"RIFF\x24\0\0\0WAVEfmt " + bytes(100), "binary (looks like a WAV"),
        (b"MZ\x90\0\x03" + bytes(100), "binary (looks like a program)"),
        (bytes(range(1, 32)) * 40, "binary, with no event in it"),
        (b"one\ntwo\nthree\n", "3 lines, no event: looks like text (it begins 'one')"),
        (b"MZ is how this log begins\n", "1 line, no event: looks like text"),
        (b"<!DOCTYPE html>\n<html><p>hi</p></html>", "2 lines, no event: looks like an HTML page"),
        (b'<?xml version="1.0"?>\n<a>1</a>\n', "2 lines, no event: looks like XML"),
        (b"<testsuites tests='1'/>", "1 line, no event: looks like XML"),
        (b'{"a": 1}', "a JSON object with the field a, no event in it"),
        (b"[1, 2]", "a JSON array of 2, no event in it"),
        (b'{"log": {"entries": [{"request": {}}]}}', "a HAR of 1 entry, none with WebSocket"),
        (b'{"a": 1, "b": 2}\n{"a": 3}\n', "2 lines of JSON, no event in them; the first has the "
                                           "fields a, b"),
        (b'{"rtdebug_capture": 1}\n', "the first line of a capture, and no record behind it"),
        (b"an app's line\n" * 5000, "lines of text, no event in them"),
        (bytes(range(1, 32)) * 2500, "binary, not read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_a_log_without_an_event_is(
    log: bytes, note: str, read_one: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "LONGEST_PASTE", 60_000)
    whole = read_one(log)
    assert whole.events == []
    (said,) = whole.reading.notes
    assert note in said


def test_a_log_in_utf_16_is_text(read_one: Any) -> None:
    for data in ("one\n".encode("utf-16"), ("one of many lines\n" * 9).encode("utf-16-le")):
        assert "looks like text" in read_one(data).reading.notes[0]


def test_a_secret_in_the_first_line_is_not_shown(read_one: Any) -> None:
    assert read_one("key sk-a1B2a1B2a1B2").reading.notes == [
        "1 line, no event: looks like text (it begins 'key sk-[redacted]'); a log of the messages "
        "themselves is needed, or of how the connection failed"
    ]


def test_a_log_with_a_close_alone_is_something(read_one: Any) -> None:
    assert read_one("websocket closed: 1006 abnormal\n").reading.notes == []


def test_random_bytes_are_called_binary(read_one: Any) -> None:
    data = b"\0" + os.urandom(3000)
    assert read_one(data).reading.notes[0].startswith("binary")


def test_an_array_of_events_is_something(read_one: Any) -> None:
    log = json.dumps([{"type": "session.created", "event_id": "e", "session": {}}])
    assert read_one(log).reading.notes == []
