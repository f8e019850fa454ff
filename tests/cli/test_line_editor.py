"""Typing on a line that this program draws."""

from __future__ import annotations

import pytest

from rtdebug.cli.line_editor import LineEditor


def typed(editor: LineEditor, signs: str) -> list[str]:
    return [line for sign in signs if (line := editor.take(sign)) is not None]


@pytest.mark.parametrize(
    ("signs", "text"),
    [
        ("abc", "abc"),
        ("abc\x7f\x7fd", "ad"),
        ("\x7fa", "a"),
        ("one two\x17", "one"),
        ("one two\x15x", "x"),
        ("a\x1b[Cb\x1b[3~c\x1bOHd", "abcd"),  # keys that mean nothing here
        ("a\x01\x02b", "ab"),
        ("漢字é", "漢字é"),
    ],
)
def test_signs_make_a_line(signs: str, text: str) -> None:
    editor = LineEditor()
    assert typed(editor, signs) == []
    assert editor.text == text


def test_enter_gives_the_line_and_begins_anew() -> None:
    editor = LineEditor()
    assert typed(editor, "one\rtwo\n") == ["one", "two"]
    assert editor.text == ""


def test_arrows_fetch_what_was_typed_before() -> None:
    editor = LineEditor()
    typed(editor, "one\rtwo\rtwo\r")
    fetched = []
    for key in "AAABBB":
        typed(editor, f"\x1b[{key}")
        fetched.append(editor.text)
    assert fetched == ["two", "one", "one", "two", "", ""]


def test_the_end_of_input_counts_on_an_empty_line_only() -> None:
    editor = LineEditor()
    typed(editor, "a\x04")
    assert not editor.ended
    typed(editor, "\x7f\x04")
    assert editor.ended
