"""Filters: what is typed, what passes."""

from __future__ import annotations

import pytest
from report_samples import C, S

from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Opened,
    Record,
    Refused,
    Remark,
    Sender,
    Step,
    Undecodable,
)
from rtdebug.reports.filters import Filter, expression_of, typed_filter

SAID: dict[str, Record] = {
    "text": Event(1, 0.0, S, "a.b", {}, text='{"type":"a.b","word":"needle"}'),
    "bytes": Event(1, 0.0, S, "a.b", {}, text=b'{"word":"needle"}'),
    "payload": Event(1, 0.0, S, "a.b", {"word": "needle"}),
    "undecodable": Undecodable(1, 0.0, C, "needle{", "not JSON"),
    "binary": Undecodable(1, 0.0, C, b"\xffneedle", "binary"),
    "closed": Closed(0.0, 4000, "needle"),
    "remark": Remark(0.0, "needle"),
    "refused": Refused(0.0, Step.TCP, "needle"),
}


@pytest.mark.parametrize("name", SAID)
def test_an_expression_is_searched_in_the_text_of_a_record(name: str) -> None:
    assert Filter(grep=expression_of("need+le")).admits(SAID[name])
    assert Filter(grep=expression_of("haystack")).admits(SAID[name]) == (name == "refused")


def test_what_has_no_text_does_not_fit_an_expression() -> None:
    wanted = Filter(grep=expression_of("."))
    assert not wanted.admits(Opened(0.0))
    assert not wanted.admits(Ended(0.0, "finished"))


@pytest.mark.parametrize(
    ("type_", "sender", "passes"),
    [
        ("response.created", S, True),
        ("response.output_text.delta", S, False),  # hidden
        ("session.created", S, False),  # not among the only ones
        ("response.create", C, False),  # of the other side
    ],
)
def test_globs_and_sides_are_all_to_fit(type_: str, sender: Sender, passes: bool) -> None:
    wanted = Filter(only=("response.*",), hide=("*.delta",), sender=S)
    assert wanted.admits_type(type_, sender) is passes
    assert wanted.admits(Event(1, 0.0, sender, type_, {})) is passes


def test_the_sides_of_what_is_no_event_do_not_matter() -> None:
    assert Filter(sender=C).admits(Closed(0.0, 1000, "", S))
    assert not Filter(sender=C).admits(Undecodable(1, 0.0, S, "x", "not JSON"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Filter()),
        ("response.*", Filter(only=("response.*",))),
        ("-*.delta  a b", Filter(only=("a", "b"), hide=("*.delta",))),
        ("> x", Filter(only=("x",), sender=C)),
        ("<", Filter(sender=S)),
        ("/two words", Filter(grep=expression_of("two words"))),
        ("a /b -c", Filter(only=("a",), grep=expression_of("b -c"))),
        ("/", Filter()),
    ],
)
def test_a_filter_can_be_typed_and_shown_again(text: str, wanted: Filter) -> None:
    found = typed_filter(text)
    assert found == wanted
    assert typed_filter(found.words) == wanted


def test_a_broken_expression_is_told() -> None:
    with pytest.raises(ValueError, match=r"'\(' is no regular expression: missing \)"):
        typed_filter("/(")
