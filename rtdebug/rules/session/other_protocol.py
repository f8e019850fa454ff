"""Most messages are of another protocol.

What it finds
    A connection of which more than half of the types of messages are unknown to the pack that
    judges it.
Why it matters
    What is unknown was not judged: the rest of the report says little of this connection.
Example
    > {"type": "conversation_initiation_client_data"}
    < {"type": "conversation_initiation_metadata"}
    < {"type": "ping"}
What to do
    Judge it by the pack of its protocol (``--pack NAME``; ``rtdebug packs list`` shows which there
    are), or write one (``rtdebug packs new``).
Source
    The packs: a type is known where one lists it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rtdebug import resources
from rtdebug.engine.rule import NeutralRule
from rtdebug.model.findings import Cause, Finding, Severity
from rtdebug.model.records import Sender
from rtdebug.packs.choosing import best_known, known_by
from rtdebug.safe import one_line

_SHOWN = 3


class OtherProtocol(NeutralRule):
    """Counts the types of messages."""

    name = "other-protocol"
    severity = Severity.INFO
    title = "Most of what came belongs to another protocol"
    causes = (
        Cause("the server speaks another protocol", "likely",
              "compare the path of the URL with the provider's documentation"),
        Cause("the pack was named and is not the one of this connection", "likely",
              "leave --pack out, so that the messages decide"),
    )  # fmt: skip
    fix = "Judge the connection by the pack of its protocol: --pack NAME."

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
    known = best_known(types, resources.pack_names())
    if known is None:
        return "no pack that ships knows most of them"
    count = known_by(known, types)
    return f"{known.title} knows {count} of {len(types)} (--pack {known.name})"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(one_line(name, 60) for name in names[:_SHOWN])
    return f"{shown}, …" if len(names) > _SHOWN else shown
