"""One side broke the WebSocket protocol itself.

What it finds
    A frame, a close or an upgrade that RFC 6455 forbids: reserved bits and opcodes, a wrong mask,
    fragments out of order, a close code that may not be sent, data after the close frame.
Why it matters
    Strict clients hang up at once with 1002, lenient ones go on with what they make of it: the
    same server works with one library and not with another.
Example
    < a text frame with RSV1 set, and no extension was agreed
    X 1002
What to do
    Report it to who runs that side, with the kind that is named here. Try without any proxy or
    gateway between: these rewrite frames too.
Source
    RFC 6455 sections 4, 5 and 7; RFC 7692 for compression.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding
from rtdebug.model.records import Paused, Unjudged, Violation

_MOST_KINDS = 50


class ProtocolViolation(Rule):
    """Tells each kind of violation of each side once."""

    name = "protocol-violation"
    certainty = Certainty.CERTAIN
    title = "The WebSocket protocol was broken"
    causes = (
        Cause("the WebSocket code of that side is its own, or a library used wrongly", "likely",
              "look at how it writes frames; two threads that write at once mix theirs"),
        Cause("a proxy or gateway between rewrites frames", "possible",
              "connect without it; the violation should then be gone"),
    )  # fmt: skip
    fix = "Have that side mended, or take what is between out: strict clients hang up on it."

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
