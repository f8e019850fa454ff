"""Matching: what is written must match, the rest is free; and what it says where it does not."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.documents import load_document
from rtdebug.scenario.matchers import MATCHER_NAMES, PatternError, compile_pattern
from rtdebug.scenario.matching import compare
from rtdebug.scenario.regexes import MAX_SUBJECT, RegexProblem, regex_test

TABLE = load_document(f"{__file__.rpartition('/')[0]}/matching.yaml").value


def case_name(case: dict[str, Any]) -> str:
    return f"{case['expect']} on {case.get('seen', 'nothing')}"[:80]


@pytest.mark.parametrize("case", TABLE["fits"], ids=case_name)
def test_it_fits(case: dict[str, Any]) -> None:
    seen = {"x": case["seen"]} if "seen" in case else {}
    tally = compare(compile_pattern({"x": case["expect"]}), seen)
    assert [str(miss) for miss in tally.misses] == []
    assert tally.score == 1.0


@pytest.mark.parametrize("case", TABLE["differs"], ids=case_name)
def test_it_differs_and_says_where(case: dict[str, Any]) -> None:
    seen = {"x": case["seen"]} if "seen" in case else {}
    tally = compare(compile_pattern({"x": case["expect"]}), seen)
    assert [str(miss) for miss in tally.misses] == case["told"]
    assert tally.score < 1.0


@pytest.mark.parametrize("case", TABLE["wrong"], ids=case_name)
def test_a_wrong_matcher_is_told(case: dict[str, Any]) -> None:
    with pytest.raises(PatternError) as raised:
        compile_pattern({"x": case["expect"]})
    assert raised.value.message == case["told"]
    assert "/".join(map(str, raised.value.path)) == case["at"]
    assert raised.value.hint


def test_the_table_has_every_matcher_on_both_sides() -> None:
    for side in ("fits", "differs"):
        text = str([case["expect"] for case in TABLE[side]])
        assert [name for name in MATCHER_NAMES if f"'{name}'" not in text] == []


def test_the_nearer_of_two_has_the_higher_score() -> None:
    pattern = compile_pattern({"a": 1, "b": {"c": 2, "d": 3}, "e": [1, 2]})
    nothing = compare(pattern, {})
    some = compare(pattern, {"a": 1, "b": {"c": 2}})
    most = compare(pattern, {"a": 1, "b": {"c": 2, "d": 4}, "e": [1, 2]})
    assert 0 == nothing.score < some.score < most.score < 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc/~", max_size=3), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


@given(VALUES)
def test_everything_matches_itself(value: Any) -> None:
    assert compare(compile_pattern(value), value).matched


@given(st.dictionaries(st.text("abc", max_size=3), VALUES, min_size=1), st.data())
def test_a_part_matches_and_a_changed_part_does_not(
    value: dict[str, Any], data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sorted(value)))
    assert compare(compile_pattern({key: value[key]}), value).matched
    changed = {**value, key: ["another", value[key]]}
    assert not compare(compile_pattern({key: value[key]}), changed).matched


SLOW_ELSEWHERE = [
    ("(a|a)*b", "a" * MAX_SUBJECT),
    (r"^(\w+\.)+$", "a" * MAX_SUBJECT),
    (".*.*.*=x", "x" * MAX_SUBJECT),
    (r"\s+$", " " * (MAX_SUBJECT - 1) + "x"),
    (r"(\d+-)+x", "1-" * (MAX_SUBJECT // 2)),
]


@pytest.mark.parametrize(("pattern", "subject"), SLOW_ELSEWHERE, ids=range(len(SLOW_ELSEWHERE)))
def test_no_pattern_takes_long(pattern: str, subject: str) -> None:
    found = regex_test(pattern)
    found("warm")
    began = time.perf_counter()
    assert not found(subject)
    assert time.perf_counter() - began < 0.05


NESTED = [
    "(a+)+", "(a*)*", "(?:a+)*b", r"(\w+\s?)+", "((a+)+)", "(x+x+)+y", "(a|b+)*", "(?P<n>a+)+",
    "(a+){2,}", "((a+))*", "(a{2,})+", "(?i:a+)+", "([ab]+)+",
]  # fmt: skip
FINE = [
    r"^(\d+\.)+\d+$", "(ab)+", "(a|b)+", "a+b+", "(a+)", "(a+)?", "(a+b)+", r"(\+)+", "([+*])+",
    "(a{2})+", r"\(a+\)+", "(a+){2,3}", "(?i)hello", "[(]a+[)]+", "x{3}", "",
]  # fmt: skip


@pytest.mark.parametrize("pattern", NESTED)
def test_a_repeated_group_of_repetitions_is_refused(pattern: str) -> None:
    with pytest.raises(RegexProblem, match="repeats a group"):
        regex_test(pattern)


@pytest.mark.parametrize("pattern", FINE)
def test_other_repetitions_are_not(pattern: str) -> None:
    regex_test(pattern)


BROKEN = [
    ("(", "check brackets and escapes; quote the pattern with single quotes in YAML"),
    ("(?=a)b", "look-around is not understood; combine $regex with $not or $contains"),
    (r"(a)\1", "back references are not understood"),
    (r"a\Z", r"write \z or $ for the end of the text"),
    ("a{1000}{1000}", "check brackets and escapes; quote the pattern with single quotes in YAML"),
]


@pytest.mark.parametrize(("pattern", "hint"), BROKEN, ids=[row[0] for row in BROKEN])
def test_what_is_no_pattern_is_told(pattern: str, hint: str) -> None:
    with pytest.raises(RegexProblem) as raised:
        regex_test(pattern)
    assert raised.value.hint == hint


def test_a_pattern_has_a_length() -> None:
    with pytest.raises(RegexProblem, match="2001 characters"):
        regex_test("a" * 2001)
