"""Values that are known to be secret, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rtdebug.secrets.span import Span

SHORTEST_SECRET = 6
"""Characters; a shorter value that is known to be secret is too likely to be a part of a word."""

_CUT_SHORT = frozenset("…\"'")


def literal_spans(text: str, literal: str) -> Iterator[Span]:
    """Where ``literal`` stands, whole or cut short at the end of a text or of a quotation."""
    head = head_of(literal)
    position = text.find(head)
    while position >= 0:
        end = position + _agreeing(text, position, literal)
        if end - position == len(literal) or text[end : end + 1] in _CUT_SHORT or end == len(text):
            yield Span(position, position, end)
        position = text.find(head, max(end, position + 1))


def head_of(literal: str) -> str:
    """The part of it that is enough to look for."""
    return literal[:SHORTEST_SECRET]


def spellings(literals: Iterable[str]) -> tuple[str, ...]:
    """Each string as it is and as it stands in JSON, the longest first."""
    from json import dumps

    found = {spelt for literal in literals for spelt in (literal, dumps(literal)[1:-1])}
    return tuple(sorted(found, key=lambda spelt: (-len(spelt), spelt)))


def _agreeing(text: str, position: int, literal: str) -> int:
    """How many characters from ``position`` on are those of ``literal``."""
    low, high = 0, len(literal)
    while low < high:
        middle = (low + high + 1) // 2
        if text.startswith(literal[:middle], position):
            low = middle
        else:
            high = middle - 1
    return low
