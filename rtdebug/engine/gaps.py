"""Gaps: where the record of a connection was not read, so that nothing is called missing there.

A message too large to hold, or all that follows a frame that breaks the protocol, may have held
whatever is not there. A finding that rests on what is there holds all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rtdebug.catalogue.entry import Entry
from rtdebug.model.findings import Finding
from rtdebug.model.records import Paused, Unjudged, Violation


class Gaps:
    """Where they are, by the number of the last message before; ``open`` once one has no end.

    ``text`` has what is said about a finding, so whether it rests on what was seen alone.
    """

    def __init__(self, text: Callable[[str], Entry | None]) -> None:
        self.count = 0
        self.open = False
        self._text = text
        self._last = 0

    def note(self, record: Violation | Unjudged | Paused, after: int) -> None:
        """What came after that message may not have been read."""
        if isinstance(record, Paused) or (isinstance(record, Violation) and record.readable):
            return
        self.count += 1
        self._last = max(self._last, after)
        self.open = self.open or not record.readable

    def standing(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Those that hold whatever may have been in the gaps."""
        if not self.count:
            return findings
        return [one for one in findings if self._holds(one)]

    def _holds(self, finding: Finding) -> bool:
        text = self._text(finding.name)
        if text is not None and text.proved:
            return True
        begun = finding.evidence[0] if finding.evidence else 0
        return not self.open and begun > self._last
