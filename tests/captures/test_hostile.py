"""No content is an error: whatever the bytes are, they are read, and soon."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FRAGMENTS = [
    "{", "}", "[", "]", "(", ")", '"', "'", "`", "“", "”", "‘", "’", "\\", "\\\"", "{\\\"", ",", ":",
    "=>", "=", "...", "…", "[Object]", "map[", "<nil>", "&{", "Type:", "type", '"type":', "error",
    "session.created", "response.done", "type: response.done", "\n", "\r\n", "\t", " ", "- ", "```",
    "null", "None", "undefined", "1006", "closed", "HTTP 401", "received 4000 (x) y; then sent",
    "12:00:01.5", "2026-01-01T00:00:00Z", "00:01.50", "x3", "(8)", "server", "client:", "<-", "->",
    "Event(", "a=", "b'", "&quot;", "{&quot;", "\x00", "\x1b[31m", "\ud800", "\u202e", "é", "😀",
    '{"rtdebug_capture": 1}\n', '{"log": {"entries": [', '"_webSocketMessages"', "{'a': 'b",
    '{"type":"error","error":{"message":"m","code":null}}', "<Enum.X: 'y'>", "Array\n(", "[0] =>",
]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join))
def test_any_text_is_read(read_log: Any, text: str) -> None:
    for whole in read_log(text):
        times = [record.at for record in whole.records]
        assert times == sorted(times)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400))
def test_any_bytes_are_read(read_log: Any, data: bytes) -> None:
    assert read_log(data) is not None


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.just("session.created"),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "event", "data", "error", "dir", "ts", "close", "code",
                             "message", "log", "entries", "count", "session", "messages"]),
            inner, max_size=4,
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_any_json_is_read(read_log: Any, value: Any) -> None:
    import json

    line = json.dumps(value)
    assert read_log(line) is not None
    assert read_log(f"{line}\n{line}\n") is not None


@pytest.mark.parametrize(
    "unit",
    ["[", "{", '{"a":', "{'a': ", '{"a": "b\n', "map[a:", "A(a=", '{\\"', "\x00", "a: b\n", '"',
     "closed 1006\n", "type: session.created\n", "12:00:01 ", "{\n", '{"a": <', "session.created "],
)  # fmt: skip
def test_long_monotony_is_read(unit: str, read_log: Any) -> None:
    """Reading is linear in length: this would take minutes if it went back over the text."""
    assert read_log(unit * (60_000 // len(unit)))


def test_one_huge_line_is_read(read_log: Any) -> None:
    audio = "A" * (3 << 20)
    event = f'{{"type":"response.output_audio.delta","event_id":"e","delta":"{audio}"}}'
    assert len(read_log(event)[0].events[0].payload["delta"]) == 3 << 20
    assert len(read_log(f"{event}\n{event}\n")[0].events) == 2
    assert not read_log(event[:-2])[0].events[0].whole


@pytest.mark.parametrize(
    "line",
    ["closed " + "=" * 30_000, "=" * 30_000 + " closed", " " * 30_000 + "x", "\\" * 30_000,
     "extra" + " " * 30_000, "_- " * 10_000, "{" * 30_000, "a." * 15_000],
    ids=["end of marks", "marks", "blanks", "escapes", "reason", "label", "braces", "names"],
)  # fmt: skip
def test_a_long_line_of_one_kind_is_read_soon(read_log: Any, line: str) -> None:
    began = process_time()
    assert read_log('{"type":"session.created","event_id":"e"}\n' + line)
    assert process_time() - began < 5  # it was minutes; a tenth of a second is usual
