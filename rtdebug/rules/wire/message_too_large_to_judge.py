"""A message passed that was not judged."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Paused, Unjudged, Violation
from rtdebug.protocols.openai_realtime.rule import Rule


class MessageTooLargeToJudge(Rule):
    """Tells it once for each side."""

    name = "message-too-large-to-judge"

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told: set[str] = set()

    def disturbed(self, record: Violation | Unjudged | Paused) -> Iterable[Finding]:
        """One that passed."""
        return self._passed(record) if isinstance(record, Unjudged) else NOTHING

    def _passed(self, message: Unjudged) -> Iterable[Finding]:
        if message.sender in self._told:
            return NOTHING
        self._told.add(message.sender)
        size = f" of {message.size:,} bytes" if message.size else ""
        said = f"what the {message.sender} sent{size} was passed on and not judged: {message.why}"
        if not message.readable:
            said += "; nothing it sent after that could be read"
        last = self.state.last
        evidence = (last.seq if last is not None else None,)
        return (self.finding(said, at=message.at, evidence=evidence, subject=message.sender),)
