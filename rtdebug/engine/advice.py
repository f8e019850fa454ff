"""Advice in the words of a protocol: none names an event that the protocol has not.

What the catalogue says of a finding that any protocol may have was learnt with one of them. In a
session of another, the sentences and causes that name events of that one help nobody.
"""

from __future__ import annotations

import re
from functools import cache

from rtdebug.model.findings import Finding
from rtdebug.model.records import Sender
from rtdebug.model.value import replace
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.packs.pack import Pack

_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_OLDER = "openai-realtime-beta"


def in_words_of(pack: Pack, finding: Finding) -> Finding:
    """A finding whose advice this protocol can follow; the catalogue speaks OpenAI's words."""
    if pack.life is None:
        return finding
    foreign = _foreign(pack.name, frozenset(_types(pack)))
    if (
        foreign.search(
            " ".join((finding.fix, *(f"{one.text} {one.test}" for one in finding.causes)))
        )
        is None
    ):
        return finding
    causes = tuple(
        replace(one, test="" if foreign.search(one.test) else one.test)
        for one in finding.causes
        if not foreign.search(one.text)
    )
    kept = [one for one in _SENTENCE.split(finding.fix) if not foreign.search(one)]
    fix = " ".join(kept) or f"Look up in the reference of {pack.title} what is to be done about it."
    return replace(finding, causes=causes, fix=fix)


@cache
def _foreign(name: str, own: frozenset[str]) -> re.Pattern[str]:
    """The names of events that the catalogue speaks of and a pack has not."""
    known = {type_ for one in (DEFAULT_PACK, _OLDER) for type_ in _types(load_pack(one))}
    names = sorted((one for one in known - own if "." in one), key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, names))})(?![\w.]*\w)")


def _types(pack: Pack) -> set[str]:
    return {type_ for sender in Sender for type_ in pack.roles[sender].values()}
