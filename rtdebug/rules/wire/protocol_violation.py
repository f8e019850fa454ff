"""One side broke the WebSocket protocol itself."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Paused, Unjudged, Violation
from rtdebug.protocols.openai_realtime.rule import Rule

_MOST_KINDS = 50


class ProtocolViolation(Rule):
    """Tells each kind of violation of each side once."""

    name = "protocol-violation"

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told: set[tuple[str, str]] = set()

    def disturbed(self, record: Violation | Unjudged | Paused) -> Iterable[Finding]:
        """One side broke a rule."""
        return self._violated(record) if isinstance(record, Violation) else NOTHING

    def _violated(self, violation: Violation) -> Iterable[Finding]:
        key = (violation.sender, violation.kind)
        if key in self._told or len(self._told) >= _MOST_KINDS:
            return NOTHING
        self._told.add(key)
        message = f"the {violation.sender} broke the protocol: {violation.detail}"
        if not violation.readable:
            message += "; nothing it sent after that could be read"
        last = self.state.last
        return (
            self.finding(
                message,
                at=violation.at,
                evidence=(last.seq if last is not None else None,),
                subject=violation.kind,
                title=f"The {violation.sender} broke the WebSocket protocol",
            ),
        )
