"""The record begins or ends in the middle of something."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Finding
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.visibility import is_live


class CaptureTruncated(Rule):
    """Looks at both ends of the record."""

    name = "capture-truncated"

    def finished(self) -> Iterable[Finding]:
        """All of the record is read."""
        state = self.state
        if is_live(state) or state.last is None:
            return
        late = [one for one in (*state.responses.done, *state.responses.open.values())
                if not one.seen_created]  # fmt: skip
        open_ = [one for one in state.responses.open.values() if one.seen_created]
        ends = state.view.to_end or state.closed is not None or state.ended is not None
        words = []
        if late and not state.view.from_start:
            words.append(f"begins inside of {late[0].id}")
        if open_ and not ends:
            words.append(f"ends inside of {open_[-1].id}")
        if words:
            evidence = (late[0].seq if late else None, open_[-1].last_seq if open_ else None)
            message = f"the record {' and '.join(words)}; what lies outside is not judged"
            yield self.finding(message, at=state.last.at, evidence=evidence)
