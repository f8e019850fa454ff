"""The catalogue: everything that can be found, each with its full text, from wherever it is kept.

Stateful rules keep theirs in the docstring of their module and on their class, what a peer says
itself in the pack's error table, shapes in the engine. ``explain``, ``rules`` and docs/findings/
all read this.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import cache
from textwrap import dedent

from rtdebug.engine.rule import NeutralRule
from rtdebug.engine.wordings import WORDINGS
from rtdebug.packs.errors import Text
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.rules.registry import RULES

_MOST_NEAR = 6
HEADINGS = ("What it finds", "Why it matters", "Example", "What to do", "Source")


@cache
def catalogue() -> Mapping[str, Text]:
    """Every finding by name, in order of name. A rule's text goes before the table's."""
    texts: dict[str, Text] = {}
    for name in ("gemini-live", DEFAULT_PACK):
        texts.update(_table(name))
    texts.update((one.name, one.text()) for one in WORDINGS)
    for rule in RULES:
        if rule.name:
            texts[rule.name] = text_of(rule)
    return dict(sorted(texts.items()))


def _table(name: str) -> Mapping[str, Text]:
    from rtdebug import resources

    return load_pack(name).errors.texts if name in resources.pack_names() else {}


def text_of(rule: type[NeutralRule]) -> Text:
    """What a rule's class and its module say of it."""
    parts = sections(sys.modules[rule.__module__].__doc__ or "")
    return Text(
        name=rule.name,
        severity=rule.severity,
        certainty=rule.certainty,
        title=rule.title,
        finds=parts.get("What it finds", ""),
        why=parts.get("Why it matters", ""),
        example=parts.get("Example", ""),
        causes=rule.causes,
        fix=parts.get("What to do", rule.fix),
        source=parts.get("Source", ""),
    )


def sections(docstring: str) -> dict[str, str]:
    """The parts of a docstring under the fixed headings, each without its indentation."""
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in docstring.splitlines():
        if line.strip() in HEADINGS and not line.startswith(" "):
            current = found.setdefault(line.strip(), [])
        elif current is not None:
            current.append(line)
    return {heading: _joined(lines) for heading, lines in found.items()}


def _joined(lines: Iterable[str]) -> str:
    return dedent("\n".join(lines)).strip("\n")


def nearest(name: str) -> list[str]:
    """Names like this one, the likeliest first: those that hold all of its words, else those that
    are written nearly so."""
    from difflib import get_close_matches

    known, lowered = list(catalogue()), name.lower()[:200]
    words = lowered.replace("_", " ").replace("-", " ").split()
    holding = [one for one in known if words and all(word in one for word in words)]
    holding.sort(key=lambda one: not one.startswith(words[0]))
    return holding[:_MOST_NEAR] or get_close_matches(lowered, known, 3, 0.5)
