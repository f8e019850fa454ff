"""The pages say what the docstrings, classes, tables and constants said that they replace.

``before.json`` was dumped of those once, before they went; whitespace and the marks of code aside,
every field is held against it. A text that is changed on purpose is changed there too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rtdebug.catalogue.book import entry, names

BEFORE: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("before.json").read_text("utf-8")
)
WORDS = ("title", "finds", "why", "fix", "to_do", "source")
PLAIN = ("family", "same_event", "departure", "hang", "shape", "proved")


def flowing(text: str) -> str:
    return "\n\n".join(
        " ".join(part.split()) for part in text.replace("``", "`").strip().split("\n\n")
    )


def test_nothing_is_lost() -> None:
    assert BEFORE.keys() <= set(names())


@pytest.mark.parametrize("name", BEFORE)
def test_an_entry_says_the_same(name: str) -> None:
    old, new = BEFORE[name], entry(name)
    assert {word: flowing(old[word]) for word in WORDS} == {
        word: getattr(new, word) for word in WORDS
    }
    assert old["example"].rstrip() == new.example
    assert (old["severity"], old["certainty"]) == (new.severity, new.certainty)
    assert {field: old[field] for field in PLAIN} == {field: getattr(new, field) for field in PLAIN}
    assert old["explained_by"] == list(new.explained_by)
    assert old["rests_on"] == [list(group) for group in new.rests_on]


@pytest.mark.parametrize("name", BEFORE)
def test_its_causes_are_the_same(name: str) -> None:
    told = [
        {
            "text": one.text,
            **({"likelihood": one.likelihood} if one.likelihood else {}),
            **({"test": one.test} if one.test else {}),
            **({"of_onlooker": True} if one.of_onlooker else {}),
        }
        for one in entry(name).causes
    ]
    assert told == BEFORE[name]["causes"]
