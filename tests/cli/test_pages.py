"""The pages of docs/findings/ say what the catalogue says, and the index names them all once."""

from __future__ import annotations

import re

import pytest

from rtdebug.cli.pages import FOLDER, INDEX, pages, write
from rtdebug.rules.catalogue import catalogue

PAGES = pages()
ANEW = "python -m rtdebug.cli.pages writes them anew"


def test_there_is_a_page_for_each_finding_and_no_other() -> None:
    assert {path.name for path in FOLDER.iterdir()} == PAGES.keys(), ANEW


@pytest.mark.parametrize("name", PAGES)
def test_the_kept_page_is_what_the_catalogue_says(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name], ANEW


def test_the_index_has_every_finding_once() -> None:
    rows = re.findall(r"^\| \[([a-z0-9-]+)\]\(\1\.md\) \|", PAGES[INDEX], re.M)
    assert sorted(rows) == sorted(catalogue())


def test_a_page_of_a_finding_that_is_no_more_is_removed(tmp_path) -> None:
    (tmp_path / "old-finding.md").write_text("gone")
    (tmp_path / "notes.txt").write_text("kept")
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*PAGES, "notes.txt"}


@pytest.mark.parametrize("name", catalogue())
def test_every_text_says_all_there_is_to_say(name: str) -> None:
    text = catalogue()[name]
    assert 10 < len(text.title) <= 70
    assert all((text.finds, text.why, text.example, text.fix, text.source)), "a part is missing"
