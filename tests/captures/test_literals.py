"""One grammar reads what many languages print, keeps what is there, and says what is missing."""

from __future__ import annotations

from typing import Any

import pytest

from rtdebug.captures.pasted.gomap import GoReader, snake_cased
from rtdebug.captures.pasted.literals import LiteralReader, Named
from rtdebug.captures.pasted.yamlish import RowReader

WHOLE: list[tuple[str, Any]] = [
    ('{"a": [1, 2.5, true, null, "x\\u00e9\\ud83d\\ude00"]}', {"a": [1, 2.5, True, None, "xé😀"]}),
    ("{'a': None, 'b': (1, True), 'c': b'\\xe2\\x82\\xac'}", {"a": None, "b": [1, True], "c": "€"}),
    ("{a: 'it\\'s', b: `two\nlines`, 'c-d': undefined,}", {"a": "it's", "b": "two\nlines"}),
    ("{t: 'one ' +\n  \"two \" +\n  `three`}", {"t": "one two three"}),
    ("{'t': 'one '\n      'two',\n 'u': 1}", {"t": "one two", "u": 1}),
    ('{"a"=>"b", :c=>nil, d: [:e]}', {"a": "b", "c": None, "d": ["e"]}),
    ('%{"a" => %{b: 1}}', {"a": {"b": 1}}),
    ('Outer { a: Some("x"), b: None, c: Inner { d: 1 } }', {"a": "x", "b": None, "c": {"d": 1}}),
    ("Event(id='e', part=Part(type='text'), n=None)", {"id": "e", "part": {"type": "text"}, "n": None}),
    ("ServerEvent.error(ErrorEvent(id: \"e\", code: nil))", {"id": "e", "code": None}),
    ("{ Type = error, Text = One, two (three), Code = x }",
     {"Type": "error", "Text": "One, two (three)", "Code": "x"}),
    ("Map(2) { 'a' => 1, 'b' => [ 2 ] }", {"a": 1, "b": [2]}),
    ("{a: (2) ['x', 'y'], b: Array(1) [ 3 ]}", {"a": ["x", "y"], "b": [3]}),
    ("{“a”: “say \"hi\"”, ‘b’: ‘it’s’}", {"a": 'say "hi"', "b": "it’s"}),
    ("{'s': <State.DONE: 'done'>, 'n': <nil>}", {"s": "done", "n": None}),
    ("{a: 1, // why\n /* because */ b: 2}", {"a": 1, "b": 2}),
    ("[Object: null prototype] { a: 1 }", {"a": 1}),
    ('{"a": 1 "b": 2}', {"a": 1, "b": 2}),
]  # fmt: skip

PARTIAL: list[tuple[str, Any]] = [
    ('{"a": [1, {"b": "tex', {"a": [1, {"b": "tex"}]}),
    ('{"a": 1, "b":', {"a": 1}),
    ('{"a": 1, "b": ', {"a": 1}),
    ('{"a": 1, ...}', {"a": 1}),
    ("{a: {…}, b: […], c: 1}", {"a": {}, "b": [], "c": 1}),
    ("{a: [Object], b: [ [Array] ], c: 1}", {"a": {}, "b": [[]], "c": 1}),
    ("{a: [ 1, 2, ... 98 more items ]}", {"a": [1, 2]}),
    ("{a: Array(3)}", {"a": []}),
    ('{"a": "cut here\n{"b": "next record"}', {"a": "cut here"}),
    ('{"a": {"b": 1}\n{"c": 2}', {"a": {"b": 1}}),
    ('{"a": [}', {"a": []}),
]


@pytest.mark.parametrize(("text", "value"), WHOLE)
def test_a_value_is_read(text: str, value: Any) -> None:
    reader = LiteralReader(text)
    assert reader.read(0) == value
    assert reader.whole
    assert reader.pos == len(text)


@pytest.mark.parametrize(("text", "value"), PARTIAL)
def test_what_is_there_is_kept_and_what_is_missing_told(text: str, value: Any) -> None:
    reader = LiteralReader(text)
    assert reader.read(0) == value
    assert not reader.whole


def test_a_class_keeps_its_name() -> None:
    value = LiteralReader("events.CloseEvent {code: 1006}").read(0)
    assert isinstance(value, Named)
    assert value.name == "CloseEvent"


def test_program_code_is_known_by_its_variables() -> None:
    for text, loose in (("{type: 'a', session: config}", True), ("{type: 'a', n: 1}", False)):
        reader = LiteralReader(text)
        reader.read(0)
        assert reader.loose is loose


@pytest.mark.parametrize("text", ["[" * 5000, "{" * 5000, '{"a":' * 5000, "A(b=" * 5000])
def test_depth_is_bounded(text: str) -> None:
    reader = LiteralReader(text)
    reader.read(0)
    assert not reader.whole
    assert reader.pos < 1000


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            "map[code:a_b message:Unknown thing: 'x.y'. See https://a.test/b param:x.y type:e]",
            {"code": "a_b", "message": "Unknown thing: 'x.y'. See https://a.test/b",
             "param": "x.y", "type": "e"},
        ),
        ("map[a:map[b:1 c:<nil>] d:[x y] e:[]]", {"a": {"b": 1, "c": None}, "d": ["x", "y"], "e": []}),
        ("map[a:text [with] brackets z:1]", {"a": "text [with] brackets", "z": 1}),
        ("map[a: b:2]", {"a": "", "b": 2}),
        ("map[]", {}),
        ("{Type:error Text:a b: c. Inner:{N:1 P:<nil>} L:[{N:2}]}",
         {"Type": "error", "Text": "a b: c.", "Inner": {"N": 1, "P": None}, "L": [{"N": 2}]}),
    ],
)  # fmt: skip
def test_go_values_are_read(text: str, value: Any) -> None:
    reader = GoReader(text)
    assert reader.read(0) == value
    assert reader.whole


def test_a_cut_go_map_keeps_its_beginning() -> None:
    reader = GoReader("map[a:1 b:map[c:some te")
    assert reader.read(0) == {"a": 1, "b": {"c": "some te"}}
    assert not reader.whole


def test_struct_fields_get_their_names_on_the_wire() -> None:
    assert snake_cased({"EventID": 1, "Error": {"URLPath": 2}}) == {
        "event_id": 1,
        "error": {"url_path": 2},
    }


def test_rows_are_read_as_yaml_means_them() -> None:
    text = """type: a
n: 1.5
quoted: "x: y"
flow: [1, {b: c}]
nothing:
text: |
  two
  lines
list:
- plain
- key: v
  deeper:
    - 1
    - - 2
      - 3
inner:
  list:
    - x
  end: ~"""
    reader = RowReader(text.split("\n"))
    assert reader.read() == {
        "type": "a", "n": 1.5, "quoted": "x: y", "flow": [1, {"b": "c"}], "nothing": None,
        "text": "two\nlines", "list": ["plain", {"key": "v", "deeper": [1, [2, 3]]}],
        "inner": {"list": ["x"], "end": None},
    }  # fmt: skip
    assert reader.whole
