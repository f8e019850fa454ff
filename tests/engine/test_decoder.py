"""A message becomes an event, or a reason why it is none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.engine.decoder import decode, flaws, utf8_length
from rtdebug.model.records import Event, Flawed, Sender, Undecodable
from rtdebug.packs.load import load_pack

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def decoded(data: str | bytes, *, binary: bool = False) -> Event | Undecodable:
    return decode(load_pack(), data, 7, 1.5, Sender.SERVER, binary=binary)


def reason(data: str | bytes, *, binary: bool = False) -> str:
    record = decoded(data, binary=binary)
    assert isinstance(record, Undecodable)
    assert (record.seq, record.at, record.sender, record.data) == (7, 1.5, Sender.SERVER, data)
    return record.reason


@given(st.dictionaries(st.text(), JSON, max_size=5), st.booleans())
def test_every_object_with_a_type_is_an_event(fields: dict[str, object], as_bytes: bool) -> None:
    payload = {**fields, "type": "response.done"}
    text = json.dumps(payload, ensure_ascii=False)
    record = decoded(text.encode() if as_bytes else text)
    assert type(record) is Event
    assert (record.type, record.payload) == ("response.done", payload)
    assert flaws(record) == ("", ())
    assert record.size == len(text.encode())
    assert record.whole


@given(st.binary(max_size=60))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    assert isinstance(decoded(data), Event | Undecodable)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("", "empty"),
        (b"", "empty"),
        ("{", "line 1, column 2"),
        ('{"type": "a",\n "b": }', "line 2, column 7"),
        ("pong", "not JSON at line 1, column 1"),
        ("[1]", "an array where an object was expected"),
        ('"text"', "a string where an object was expected"),
        ("null", "null where an object was expected"),
        ("true", "a boolean where an object was expected"),
        ("17", "a number where an object was expected"),
        ("{}", 'without "type" (it has nothing)'),
        ('{"event": "a", "data": 1}', 'without "type" (it has event, data)'),
        ('{"type": 7}', "a number where a string was expected"),
        ('{"type": null}', 'without "type"'),
        ('{"type": ["a"]}', "an array where a string was expected"),
        (b'{"type": "\xff"}', "byte 10 is 0xff"),
    ],
)
def test_what_is_no_event_says_why(data: str | bytes, expected: str) -> None:
    assert expected in reason(data)


def test_a_binary_message_is_refused_where_the_protocol_sends_text() -> None:
    assert "binary message of 15 bytes" in reason(b'{"type": "abc"}', binary=True)


def test_a_binary_message_is_read_where_the_protocol_allows_it() -> None:
    record = decode(
        load_pack("gemini-live"), b'{"setupComplete": {}}', 1, 0.0, Sender.SERVER, binary=True
    )
    assert isinstance(record, Event)
    assert record.type == "setupComplete"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('{"type": "a", "x": NaN}', "NaN is not JSON"),
        ('{"type": "a", "x": Infinity}', "Infinity is not JSON"),
        ('{"type": "a", "x": -Infinity}', "-Infinity is not JSON"),
        ('{"type": "a", "x": "\\ud800"}', "lone surrogate"),
    ],
)
def test_what_only_some_parsers_take_is_read_and_told(data: str, expected: str) -> None:
    record = decoded(data)
    assert isinstance(record, Flawed)
    assert expected in flaws(record).malformed


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('{"type": "a", "event_id": "b", "type": "c"}', ("type",)),
        ('{"type":"a","x":{"y":1,"y":2},"z":[{"q":1,"q":1}]}', ("y", "q")),
        ('{"type": "a", "x": "' + "A" * 9000 + '", "x": ""}', ("x",)),
        ('{"type": "a", "n": ' + '"' + 'q\\"' * 300 + '", "type": "b"}', ("type",)),
    ],
)
def test_a_member_that_comes_twice_is_told(data: str, expected: tuple[str, ...]) -> None:
    for text in (data, data.encode()):
        record = decoded(text)
        assert isinstance(record, Flawed)
        assert flaws(record) == ("", expected)


@pytest.mark.parametrize(
    "data",
    [
        '{"type": "a", "delta": "{\\"type\\": 1, \\"type\\": 2}"}',
        '{"type": "a", "x": [{"k": 1}, {"k": 2}]}',
        '{"type" : "a", "x": "\\":\\":\\":"}',
        '{"type": "a", "x": "' + "A" * 9000 + '", "y": {"x": 1}}',
    ],
)
def test_what_only_looks_like_a_member_twice_is_not_told(data: str) -> None:
    assert type(decoded(data)) is Event


def test_a_message_nested_too_deeply_is_no_event() -> None:
    deep = '{"type": "a", "x": ' + "[" * 5000 + "]" * 5000 + "}"
    assert "JSON" in reason(deep)


@given(st.text())
def test_the_size_is_that_of_the_wire(text: str) -> None:
    assert utf8_length(text) == len(text.encode("utf-8", "surrogatepass"))
    assert utf8_length(text.encode("utf-8", "surrogatepass")) == utf8_length(text)
