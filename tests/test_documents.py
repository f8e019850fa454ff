"""Documents people write: values as YAML 1.2 core and JSON have them, and a place for every fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.documents import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_NODES,
    load_document,
    parse_document,
    scalar,
)
from rtdebug.errors import DocumentError, UnreadableError
from rtdebug.reports.document_error import render

SCALARS = [
    ("~", None), ("null", None), ("Null", None), ("''", ""), ("true", True), ("FALSE", False),
    ("on", "on"), ("yes", "yes"), ("No", "No"), ("y", "y"), ("012", "012"), ("1_000", "1_000"),
    ("1:30", "1:30"), ("2026-01-02", "2026-01-02"), ("0", 0), ("-7", -7), ("+7", 7),
    ("0x1F", 31), ("0o17", 15), ("0b1", "0b1"), ("1.5", 1.5), (".5", 0.5), ("1.", 1.0),
    ("1e3", 1000.0), ("012.5", "012.5"), ("1.2.3", "1.2.3"), ("'5'", "5"), ('"true"', "true"),
    ("=", "="), ("5s", "5s"), ("truee", "truee"), ("nulla", "nulla"), ("-", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS[:-1], ids=[text for text, _ in SCALARS[:-1]])
def test_scalars_follow_yaml_1_2_core(text: str, value: object) -> None:
    found = parse_document(f"a: {text}", "x").value["a"]
    assert found == value
    assert type(found) is type(value)


def test_an_empty_value_is_null() -> None:
    assert parse_document("a:\nb: 1", "x").value == {"a": None, "b": 1}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text("abü 0:#{}[]'\"\\\n-~", max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text("abc 1:-#", max_size=4), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_json_is_read_as_itself(value: object) -> None:
    assert parse_document(json.dumps(value), "x").value == value


@given(st.text(max_size=12))
def test_a_plain_scalar_is_never_anything_but_core(text: str) -> None:
    try:
        value = scalar(text)
    except ValueError:
        return
    if isinstance(value, str):
        assert value == text
    else:
        assert text.strip("+-").lower() in ("", "null", "~", "true", "false") or text.strip(
            "+-"
        ).startswith((*"0123456789.",))


FAULTS = [
    ("a: 1\nb: 2\na: 3", "x:3:1", "'a' stands here twice, first in line 1"),
    ("a: {b: 1, b: 2}", "x:1:11", "'b' stands here twice"),
    ("a: &one 1\nb: *one", "x:1:4", "anchors and aliases are not read ('&one')"),
    ("a: *one", "x:1:4", "anchors and aliases are not read ('*one')"),
    ("a: 1\n<<: {b: 2}", "x:2:1", "merge keys ('<<') are not read"),
    ("a: 1\n---\nb: 2", "x:2:1", "a second document"),
    ("a: !!python/object/apply:os.system [id]", "x:1:4", "tags are not read"),
    ("a: ! x", "x:1:4", "tags are not read"),
    ("1: a", "x:1:1", "a key must be text, not 1"),
    ("true: a", "x:1:1", "a key must be text, not true"),
    ("~: a", "x:1:1", "a key must be text, not ~"),
    ("[a]: b", "x:1:1", "a key must be text, not a sequence"),
    ("a: .inf", "x:1:4", ".inf is no JSON number"),
    ("a: -.INF", "x:1:4", "-.INF is no JSON number"),
    ("a: .nan", "x:1:4", ".nan is no JSON number"),
    ("a: 1e999", "x:1:4", "1e999 is no JSON number"),
    ("a: " + "9" * 5000, "x:1:4", "a number of 5000 digits"),
    ("a: \x00", "x:1:4", "character U+0000 is not allowed"),
    ("a: 1\nb: 'x\x1by'", "x:2:6", "character U+001B is not allowed"),
    ("a: \ud800", "x:1:4", "character U+D800 is not allowed"),
    ("a: [1, 2", "x:1:4", "not YAML: did not find expected ',' or ']'"),
    ("a: 'b", "x:1:4", "not YAML: found unexpected end of stream"),
    ("a: b: c", "x:1:5", "not YAML: mapping values are not allowed"),
    ("\ta: 1", "x:1:1", "not YAML: found character that cannot start any token"),
    ("a: 1\n b: 2", "x:2:3", "not YAML: mapping values are not allowed"),
    ("", "x:1:1", "the file is empty"),
    ("# nothing\n", "x:1:1", "the file is empty"),
    ("{a: ${b}}", "x:1:6", "not YAML: did not find expected ',' or '}'"),
]


@pytest.mark.parametrize(("text", "place", "message"), FAULTS, ids=range(len(FAULTS)))
def test_what_is_no_document_is_told_with_its_place(text: str, place: str, message: str) -> None:
    with pytest.raises(DocumentError) as raised:
        parse_document(text, "x")
    assert str(raised.value.location) == place
    assert raised.value.message.startswith(message)


HINTS = [
    ("\ta: 1", "indent with spaces, not tabs"),
    ("a: b: c", "quote a text that contains ': '"),
    ("{a: ${b}}", 'inside {…} or […] quote a text that holds ${…}: {text: "${name}"}'),
    ("a: 'b", "close the quote"),
]


@pytest.mark.parametrize(("text", "hint"), HINTS, ids=range(len(HINTS)))
def test_what_is_often_meant_is_advised(text: str, hint: str) -> None:
    with pytest.raises(DocumentError) as raised:
        parse_document(text, "x")
    assert raised.value.hint == hint


BOMBS = {
    "brackets": "[" * 50_000,
    "braces": "{a: " * 50_000,
    "dashes": "- " * 50_000,
    "questions": "? " * 50_000,
    "lines": "".join(f"{' ' * depth}a:\n" for depth in range(1000)),
    "aliases": "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(20)),
    "merges": "a: &a {x: 1}\n" + "".join(f"b{n}: {{<<: [*a, *a]}}\n" for n in range(20)),
    "many": "- a\n" * (MAX_NODES + 1),
    "large": "a" * (MAX_BYTES + 1),
    "wide": "ü" * (MAX_BYTES // 2 + 1),
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_soon(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(DocumentError) as raised:
        parse_document(text, "x")
    assert time.perf_counter() - began < 1.0
    assert raised.value.location.line >= 1
    assert raised.value.hint


def test_fifty_thousand_brackets_end_in_an_error_and_not_in_a_crash() -> None:
    program = (
        "import time\nfrom rtdebug.documents import parse_document\n"
        "from rtdebug.errors import DocumentError\nimport yaml\n"
        "parse_document('warm: up', 'x')\nbegan = time.perf_counter()\n"
        "try:\n    parse_document('[' * 50_000, 'x')\n"
        "except DocumentError as error:\n"
        "    print(error.location, time.perf_counter() - began < 0.1)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )
    # From 6.0.4 on PyYAML's parser itself stops, at a thousand.
    places = {f"x:1:{MAX_DEPTH + 1} True\n", "x:1:1001 True\n"}
    assert ran.returncode == 0
    assert ran.stdout in places


def test_the_deepest_allowed_document_is_read() -> None:
    value = parse_document("[" * MAX_DEPTH + "]" * MAX_DEPTH, "x").value
    for _ in range(MAX_DEPTH - 1):
        (value,) = value
    assert value == []


TEXT = """\
name: Ada
steps:
  - expect: {type: a, deep: [1, {x: y}]}
  - wait: >
      folded
      text
"""

PLACES = [
    ((), False, "1:1"),
    (("name",), False, "1:7"),
    (("name",), True, "1:1"),
    (("steps",), True, "2:1"),
    (("steps", 0), False, "3:5"),
    (("steps", 0, "expect"), False, "3:13"),
    (("steps", 0, "expect", "deep", 1, "x"), False, "3:37"),
    (("steps", 0, "expect", "deep", 1, "x"), True, "3:34"),
    (("steps", 0, "expect", "missing", "deeper"), False, "3:13"),
    (("steps", 9), False, "3:3"),
    (("steps", 1, "wait"), False, "4:11"),
]


@pytest.mark.parametrize(("path", "at_key", "place"), PLACES, ids=range(len(PLACES)))
def test_every_part_has_its_place(path: tuple[str | int, ...], at_key: bool, place: str) -> None:
    document = parse_document(TEXT, "x")
    assert str(document.location(path, at_key=at_key)) == f"x:{place}"


def test_a_pointer_is_followed_as_far_as_it_goes() -> None:
    document = parse_document('{"a/b": {"~c": [1, 2]}, "1": 3}', "x")
    assert document.resolve("/a~1b/~0c/1") == ("a/b", "~c", 1)
    assert document.resolve("/a~1b/~0c/5") == ("a/b", "~c")
    assert document.resolve("/1") == ("1",)
    assert document.resolve("/1", ("a/b", "~c")) == ("a/b", "~c", 1)
    assert document.resolve("") == ()


def test_an_error_shows_the_line_and_what_is_meant() -> None:
    error = parse_document(TEXT, "dir/x.yaml").error(
        ("steps", 0, "expect", "type"), "unknown type", "did you mean 'b'?"
    )
    assert render(error) == (
        "dir/x.yaml:3:20: error: unknown type\n"
        "    3 |   - expect: {type: a, deep: [1, {x: y}]}\n"
        "      |                    ^\n"
        "   = help: did you mean 'b'?"
    )


def test_the_mark_stands_under_tabs_wide_and_unsafe_characters() -> None:
    text = '{"日本": "\\e",\t"b": "x"}'
    error = parse_document(text, "x").error(("b",), "no\nlines")
    assert render(error) == (
        "x:1:19: error: no\\nlines\n"
        '    1 | {"日本": "\\e",\t"b": "x"}\n'
        "      |               \t     ^^^"
    )


def test_only_the_part_of_a_long_line_that_matters_is_shown() -> None:
    error = parse_document(f'["{"a" * 300}", b, "{"c" * 300}"]', "x").error((1,), "wrong")
    shown, mark = render(error).splitlines()[1:]
    assert len(shown) < 130
    assert shown.startswith("    1 | …a")
    assert shown.endswith("c…")
    assert shown[mark.index("^")] == "b"


def test_a_byte_that_is_no_utf_8_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(DocumentError, match="byte 0xff is not UTF-8") as raised:
        load_document(path)
    assert (raised.value.location.line, raised.value.location.column) == (2, 4)


def test_a_byte_order_mark_is_no_part_of_the_document(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    document = load_document(path, "x")
    assert document.value == {"a": 1}
    assert str(document.location(("a",), at_key=True)) == "x:1:1"


def test_what_cannot_be_read_is_told_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"nowhere\.yaml: no such file"):
        load_document(tmp_path / "nowhere.yaml")
    with pytest.raises(UnreadableError, match="not a regular file"):
        load_document(tmp_path)
    with pytest.raises(UnreadableError):
        load_document("a\0b")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(UnreadableError, match="not a regular file"):
        load_document(tmp_path / "pipe.yaml")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with path.open("wb") as file:
        file.truncate(10 * 1024**3)
    with pytest.raises(UnreadableError, match="at most"):
        load_document(path)


@given(st.text("ab:-[]{}&*!|>'\"#%@`,? \n\t~<", max_size=30))
def test_whatever_is_written_ends_in_a_value_or_a_placed_error(text: str) -> None:
    error = None
    try:
        json.dumps(parse_document(text, "x").value)
    except DocumentError as raised:
        error = raised
    if error is not None:
        assert error.location.line <= text.count("\n") + 2
        assert render(error).startswith("x:")
