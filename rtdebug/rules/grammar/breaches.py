"""Departures from the grammar that need no more than their entry in the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.catalogue.book import find
from rtdebug.engine.breaches import Breach
from rtdebug.engine.rule import NOTHING, NeutralRule
from rtdebug.engine.rulebook import ANY_BREACH
from rtdebug.model.findings import Finding


class Breaches(NeutralRule):
    """Tells of every breach that no other rule explains, under the breach's own name."""

    name = ""
    breaches = (ANY_BREACH,)

    def breached(self, breach: Breach) -> Iterable[Finding]:
        """A departure that the tracking has noted."""
        entry = find(breach.name)
        return (self.told(breach, entry),) if entry is not None else NOTHING
