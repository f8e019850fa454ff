"""The close look at a text that the quick one does not let pass; imported for the first of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rtdebug.secrets.escapes import Plain
from rtdebug.secrets.literals import literal_spans
from rtdebug.secrets.named import named_spans
from rtdebug.secrets.shapes import shape_spans
from rtdebug.secrets.span import Span
from rtdebug.secrets.stand_ins import merged


def spans_in(
    text: str, literals: Sequence[str] = (), patterns: Iterable[re.Pattern[str]] = ()
) -> list[Span]:
    """Where the secrets are, in order: by shape, by name, those that are known, and what matches
    ``patterns``; also where they are written with escapes."""
    found = [*_found(text, literals, patterns)]
    plain = Plain(text) if "\\" in text or "%" in text or "&" in text else None
    if plain is not None and plain.text is not text:
        found += (Span(*map(plain.source, one)) for one in _found(plain.text, literals, patterns))
    return merged(span for span in found if span.end > span.start)


def _found(
    text: str, literals: Sequence[str], patterns: Iterable[re.Pattern[str]]
) -> Iterator[Span]:
    yield from shape_spans(text)
    yield from named_spans(text)
    for literal in literals:
        yield from literal_spans(text, literal)
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Span(match.start(), match.start(), match.end())
