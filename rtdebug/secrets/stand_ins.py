"""What stands in the place of a secret."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.secrets.span import Span

REDACTED = "[redacted]"


def stand_in(length: int) -> str:
    """So many characters that say that something was taken out here."""
    return REDACTED.ljust(length, "*") if length >= len(REDACTED) else "*" * length


def without(text: str, spans: Iterable[Span], *, same_length: bool = False) -> str:
    """``text`` with the spans (in order, none inside another) replaced."""
    pieces: list[str] = []
    position = 0
    for _, start, end in spans:
        pieces += text[position:start], stand_in(end - start) if same_length else REDACTED
        position = end
    return "".join(pieces) + text[position:]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap as one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        last = found[-1] if found else None
        if last is None or span.start >= last.end:
            found.append(span)
        else:
            found[-1] = Span(min(last.lead, span.lead), last.start, max(last.end, span.end))
    return found
