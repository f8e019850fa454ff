"""Most messages are of another protocol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rtdebug import resources
from rtdebug.engine.rule import NeutralRule
from rtdebug.model.findings import Finding
from rtdebug.model.records import Sender
from rtdebug.safe import one_line

_SHOWN = 3


class OtherProtocol(NeutralRule):
    """Counts the types of messages."""

    name = "other-protocol"

    def finished(self) -> Iterable[Finding]:
        """All types are known."""
        state = self.state
        if not state.mostly_unknown or state.last is None:
            return
        types = state.known_types | state.unknown_types
        names = sorted({type_ for _, type_ in state.unknown_types})
        message = (
            f"{len(state.unknown_types)} of {len(types)} types of messages ({_listed(names)}) are "
            f"unknown to {state.pack.title}, and were not judged; {_whose(types)}"
        )
        yield self.finding(message, at=state.last.at, evidence=self._first())

    def _first(self) -> tuple[int, ...]:
        unknown = {type_ for _, type_ in self.state.unknown_types}
        firsts = (seq for type_, seq in self.state.first_seqs.items() if type_ in unknown)
        return tuple(sorted(firsts)[:1])


def _whose(types: set[tuple[Sender, str]]) -> str:
    from rtdebug.packs.choosing import best_known, known_by  # few sessions come to it

    known = best_known(types, resources.pack_names())
    if known is None:
        return "no pack that ships knows most of them"
    count = known_by(known, types)
    return f"{known.title} knows {count} of {len(types)} (--pack {known.name})"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(one_line(name, 60) for name in names[:_SHOWN])
    return f"{shown}, …" if len(names) > _SHOWN else shown
