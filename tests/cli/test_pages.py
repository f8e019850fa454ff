"""The index of docs/findings/ names every page once."""

from __future__ import annotations

import re

from rtdebug import resources
from rtdebug.catalogue.book import entries, names
from rtdebug.cli.pages import INDEX, index, place

ANEW = "python -m rtdebug.cli.pages writes it anew"


def test_the_index_is_what_the_pages_say() -> None:
    assert place().read_text(encoding="utf-8") == index(entries()), ANEW


def test_the_index_has_every_finding_once() -> None:
    rows = re.findall(r"^\| \[([a-z0-9-]+)\]\(\1\.md\) \|", index(entries()), re.M)
    assert sorted(rows) == sorted(names())


def test_there_is_nothing_else_in_the_folder() -> None:
    found = {path.name for path in resources.findings().iterdir()}
    assert found == {INDEX, *(f"{name}.md" for name in names())}
