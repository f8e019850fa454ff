"""Text of a screen in lines that break between words only: whoever copies a path or a command out
of one gets it whole. Rich would fold, pad and crop it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

_WORD = re.compile(r"(\s*\S+)\s*")


class Lines(NamedTuple):
    """A text ``indent`` columns from the left, with ``label`` before its first line. ``whole``: it
    is not broken at all; a terminal may show it on two lines, but it is one."""

    text: Text
    indent: int = 2
    whole: bool = False
    label: Text = Text()

    def broken(self, width: int) -> Iterator[Text]:
        """The lines, none wider than ``width`` unless a word is."""
        room = max(width - self.indent, 20)
        lead = self.label
        for paragraph in self.text.split("\n"):
            breaks = [] if self.whole else _breaks(paragraph.plain, room)
            for line in paragraph.divide(breaks):
                line.rstrip()
                yield Text.assemble(lead, " " * (self.indent - lead.cell_len), line)
                lead = Text()


def _breaks(text: str, room: int) -> list[int]:
    """Where the words are that begin a line."""
    found: list[int] = []
    used = 0
    for word in _WORD.finditer(text):
        if used and used + cell_len(word[1]) > room:
            found.append(word.start())
            used = 0
        used += cell_len(word[0])
    return found
