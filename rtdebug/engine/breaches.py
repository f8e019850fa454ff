"""Breaches: where a stream of events left the grammar of its protocol, seen while it is tracked.

The tracking knows *that* something is out of place; a rule of the same name knows what it means.
"""

from __future__ import annotations

from rtdebug.model.findings import Severity
from rtdebug.model.value import Value


class Breach(Value):
    """One departure from the grammar. ``name`` is the finding's; ``message`` what was seen;
    ``rests_on`` are roles of events on whose absence it rests."""

    name: str
    message: str
    at: float
    evidence: tuple[int, ...]
    subject: str | None = None
    severity: Severity = Severity.ERROR
    rests_on: tuple[str, ...] = ()


class Breaches:
    """Collects breaches until the session drains them."""

    __slots__ = ("pending",)

    def __init__(self) -> None:
        self.pending: list[Breach] = []

    def add(
        self,
        name: str,
        message: str,
        at: float,
        evidence: tuple[int | None, ...],
        subject: str | None = None,
        severity: Severity = Severity.ERROR,
        rests_on: tuple[str, ...] = (),
    ) -> None:
        """Notes one; evidence that is not known is left out."""
        known = tuple(sorted({seq for seq in evidence if seq}))
        self.pending.append(Breach(name, message, at, known, subject, severity, rests_on))

    def drain(self) -> list[Breach]:
        """What was noted since the last call."""
        pending, self.pending = self.pending, []
        return pending
