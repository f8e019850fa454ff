"""A transcript of an item that never was."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Finding
from rtdebug.protocols.openai_realtime.conversation import Item
from rtdebug.protocols.openai_realtime.rule import Rule


class TranscriptionOfUnknownItem(Rule):
    """Looks at all transcripts when the session is over: their items may come later."""

    name = "transcription-of-unknown-item"

    def finished(self) -> Iterable[Finding]:
        """Nothing more will come."""
        state = self.state
        view = state.view
        if (
            not (state.verbatim and view.from_start and view.to_end)
            or view.hidden
            or not state.last
        ):
            return
        for item in state.conversation.items.values():
            if item.transcript_seq is not None and self._unknown(item):
                message = f"event {item.transcript_seq} is a transcript of {item.id}, which was "
                message += "never committed or added"
                yield self.finding(
                    message, at=state.last.at, evidence=(item.transcript_seq,), subject=item.id
                )

    def _unknown(self, item: Item) -> bool:
        marks = (item.committed_seq, item.added_seq, item.done_seq, item.by_client)
        return not any(marks) and item.id not in self.state.audio.segments
