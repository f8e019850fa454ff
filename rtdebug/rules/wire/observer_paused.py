"""The watching process itself stood still."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Finding
from rtdebug.model.records import Paused, Unjudged, Violation
from rtdebug.protocols.openai_realtime.rule import Rule


class ObserverPaused(Rule):
    """Tells every pause; repeats are counted."""

    name = "observer-paused"

    def disturbed(self, record: Violation | Unjudged | Paused) -> Iterable[Finding]:
        """One pause."""
        if not isinstance(record, Paused):
            return
        message = (
            f"rtdebug stood still for {record.seconds:.1f} s; that time is not counted, and "
            "silence in it proves nothing"
        )
        yield self.finding(message, at=record.at)
