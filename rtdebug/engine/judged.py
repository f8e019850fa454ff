"""Judged: what one session came to, frozen, before a command makes a run of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rtdebug.engine.ranking import ranked
from rtdebug.engine.state import State
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Opened, Refused, Sender
from rtdebug.model.results import ResponseSummary, TimelineRow


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings ranked and collapsed, responses in order, the bounded timeline and counts.

    ``observed`` is whether there was anything to judge: an event of the peer, an error, a close or
    a handshake.
    """

    pack: str
    peer: str | None
    findings: tuple[Finding, ...]
    responses: tuple[ResponseSummary, ...]
    timeline: tuple[TimelineRow, ...]
    dropped: int
    client: int
    server: int
    duration: float
    opened: Opened | None
    refused: Refused | None
    closed: Closed | None

    @property
    def observed(self) -> bool:
        """Whether there was anything to judge."""
        return bool(self.server or self.refused or (self.closed and self.closed.code != 1000))

    @classmethod
    def of(
        cls,
        state: State,
        rows: tuple[TimelineRow, ...],
        dropped: int,
        findings: Sequence[Finding],
        duration: float,
    ) -> Judged:
        """What a session came to when nothing more came."""
        rate = state.settings.audio_rate("output_format")
        responses = [*state.responses.done, *state.responses.open.values()]
        return cls(
            pack=state.pack.name,
            peer=state.peer,
            findings=ranked(findings),
            responses=tuple(one.summary(rate) for one in responses),
            timeline=rows,
            dropped=dropped,
            client=state.counts[Sender.CLIENT],
            server=state.counts[Sender.SERVER],
            duration=duration,
            opened=state.opened,
            refused=state.refused,
            closed=state.closed,
        )
