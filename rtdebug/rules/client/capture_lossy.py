"""The record does not hold everything that was said."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NeutralRule
from rtdebug.model.findings import Finding

_LEAST = 3  # a quoted error or two is no log


class CaptureLossy(NeutralRule):
    """Looks at what the reader knows of the record."""

    name = "capture-lossy"

    def finished(self) -> Iterable[Finding]:
        """All of the record is read."""
        state = self.state
        if state.last is None or state.last.seq < _LEAST:
            return
        words = []
        if not state.view.whole:
            words.append("shows some events only in part or by their type")
        if state.view.hidden:
            words.append(f"leaves out {', '.join(sorted(state.view.hidden))}")
        if words:
            message = f"the record {' and '.join(words)}; what it does not show is not judged"
            yield self.finding(message, at=state.last.at)
