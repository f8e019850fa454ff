"""A transcript of an item that never was.

What it finds
    A transcription that is completed or failed for an item that was never committed, added, or
    announced as speech.
Why it matters
    Clients attach the text to the item: without one the user's words are lost.
Example
    < input_audio_buffer.committed item_1
    < conversation.item.input_audio_transcription.completed item_2
What to do
    Show the text by itself, in the order in which it comes.
Source
    OpenAI Realtime reference: the id is that of the committed item; a gateway that translates from
    another API sends ids of its own (measured 2026).
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.conversation import Item
from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity


class TranscriptionOfUnknownItem(Rule):
    """Looks at all transcripts when the session is over: their items may come later."""

    name = "transcription-of-unknown-item"
    severity = Severity.WARNING
    certainty = Certainty.MEDIUM
    title = "A transcript belongs to no item of the conversation"
    causes = (
        Cause("a gateway makes up the id of the item", "likely",
              "run the same turn against the provider itself"),
        Cause("the events of the item were lost or filtered", "possible",
              "record every message at the socket"),
    )  # fmt: skip
    fix = "Show transcripts in the order of arrival with this server, and report the ids."

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
