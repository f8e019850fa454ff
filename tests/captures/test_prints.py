"""Each row of the table of prints reads its own example."""

from __future__ import annotations

import re

import pytest

from rtdebug.captures.pasted.blocks import blocks_in
from rtdebug.captures.pasted.prints import PRINTS, Print


@pytest.mark.parametrize("row", PRINTS, ids=lambda row: row.name)
@pytest.mark.parametrize("lead", ["", "10:00:00 DEBUG recv ", "[a] rt.ws - "])
def test_a_print_reads_its_example(row: Print, lead: str) -> None:
    (block,) = blocks_in(lead + row.example)
    assert block.value == row.makes
    assert re.search(row.opens, row.example)
    assert block.end == len(lead + row.example)


@pytest.mark.parametrize("row", PRINTS, ids=lambda row: row.name)
def test_only_a_print_that_shows_all_is_whole(row: Print) -> None:
    (block,) = blocks_in(row.example)
    assert (block.whole and block.typed and not block.loose) <= row.whole
