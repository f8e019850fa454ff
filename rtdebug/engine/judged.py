"""Judged: what one session came to, frozen, before a command makes a run of it."""

from __future__ import annotations

from collections.abc import Sequence

from rtdebug.engine.state import State
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Ended, Opened, Refused, Sender
from rtdebug.model.results import Coverage, Owed, ResponseSummary, TimelineRow
from rtdebug.model.value import Value, replace
from rtdebug.secrets.masker import Masker, cleaned


class Judged(Value):
    """Findings as a tree of causes, what was still owed, the responses that were kept and how many
    there were, the bounded timeline and counts.

    ``mostly_unknown``: more than half of the types that came are of another protocol.
    ``signed_out``: the server let the client in only to turn it away.
    """

    pack: str
    peer: str | None
    findings: tuple[Finding, ...]
    open: tuple[Owed, ...]
    coverage: Coverage
    mostly_unknown: bool
    responses: tuple[ResponseSummary, ...]
    response_count: int
    timeline: tuple[TimelineRow, ...]
    dropped: int
    client: int
    server: int
    duration: float
    opened: Opened | None
    refused: Refused | None
    closed: Closed | None
    ended: Ended | None
    signed_out: bool

    @property
    def observed(self) -> bool:
        """Whether a log showed anything to judge: that it ended as it may is nothing yet."""
        return bool(self.server or self.refused is not None)

    @property
    def interrupted(self) -> bool:
        """Whether the watcher was stopped from outside."""
        return self.ended is not None and self.ended.reason == "interrupted"

    def masked(self, masker: Masker) -> Judged:
        """The same without secrets; the timeline has none."""
        return replace(
            self,
            findings=masker.findings(self.findings),
            responses=cleaned(self.responses, masker.text),
            opened=masker.known(self.opened),
            refused=masker.known(self.refused),
            closed=masker.known(self.closed),
            ended=masker.known(self.ended),
        )

    @classmethod
    def of(
        cls,
        state: State,
        rows: tuple[TimelineRow, ...],
        dropped: int,
        findings: Sequence[Finding],
        owing: tuple[Owed, ...],
        duration: float,
    ) -> Judged:
        """What a session came to when nothing more came."""
        return cls(
            pack=state.pack.name,
            peer=state.peer,
            findings=tuple(findings),
            open=owing,
            coverage=_coverage(state),
            mostly_unknown=state.mostly_unknown,
            responses=state.summaries(),
            response_count=state.response_count,
            timeline=rows,
            dropped=dropped,
            client=state.counts[Sender.CLIENT],
            server=state.counts[Sender.SERVER],
            duration=duration,
            opened=state.opened,
            refused=state.refused,
            closed=state.closed,
            ended=state.ended,
            signed_out=state.signed_out,
        )


def _coverage(state: State) -> Coverage:
    """How many of the messages were judged, and what lowered it."""
    unread = state.gaps.count
    other = f"most types of messages are unknown to {state.pack.title}"
    gaps = "part of the connection was not read"
    why = ((other,) if state.mostly_unknown else ()) + ((gaps,) if unread else ())
    judged = max(0, sum(state.counts.values()) - state.unknown)
    return Coverage(judged, state.unknown, unread, why=why)
