"""Where a secret stands."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """A secret in a text: it goes from ``start`` to ``end``; what tells that it is one begins at
    ``lead``."""

    lead: int
    start: int
    end: int
