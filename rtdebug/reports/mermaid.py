"""The failing turn as a Mermaid sequence: what crossed the wire, and the arrow that is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rtdebug.model.records import Sender
from rtdebug.model.results import Run
from rtdebug.reports.figures import clock
from rtdebug.reports.ladder import Rung, RungKind, ladder
from rtdebug.reports.signs import UNICODE
from rtdebug.safe import one_line

_RUNGS = 24


def sequence(run: Run) -> list[str]:
    """The lines of a diagram around what failed; none where nothing crossed the wire."""
    if not any(row.seq is not None for row in run.timeline):
        return []
    at = clock(run.timeline)
    lines = [_line(rung, "" if rung.at is None else at(rung.at)) for rung in ladder(run, _RUNGS)]
    return ["sequenceDiagram", "  participant C as client", "  participant S as server", *lines]


def _line(rung: Rung, at: str) -> str:
    words = " ".join(_told(rung, at))
    if rung.kind is RungKind.MISSING:
        return f"  S--xC: {words}"
    if rung.kind is RungKind.EVENT and rung.sender is not None:
        return f"  {'C->>S' if rung.sender is Sender.CLIENT else 'S->>C'}: {words}"
    return f"  Note over C,S: {words}"


def _told(rung: Rung, at: str) -> Iterator[str]:
    if rung.kind is RungKind.FOUND:
        yield UNICODE.bad
    if rung.seq is not None:
        yield _plain(f"#{rung.seq}")
    yield _plain(rung.type) or "?"
    if rung.times > 1 and rung.kind is RungKind.EVENT:
        yield f"{UNICODE.times}{rung.times}"
    if rung.summary and rung.kind in (RungKind.FOUND, RungKind.MISSING):
        yield _plain(rung.summary)
    if at and rung.kind is RungKind.EVENT:
        yield at


def _plain(text: str) -> str:
    """Text in which nothing is a sign of the language: all but the plainest as numbers."""
    return re.sub(r"[^\w .()-]", lambda sign: f"#{ord(sign[0])};", one_line(text, 80))
