"""Audio came without its transcript."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.visibility import hides


class AudioWithoutTranscript(Rule):
    """Looks at every response with audio."""

    name = "audio-without-transcript"
    roles = ("response.done",)
    begins = ("audio.delta", "audio.done")

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done."""
        response, state = self.state.finished, self.state
        if response is None or response.status != "completed" or not response.seen_created:
            return
        if (
            not state.verbatim
            or hides(state, "transcript.delta")
            or hides(state, "transcript.done")
        ):
            return
        for item in response.items:
            for part in item.parts.values():
                audio = part.streams.get("audio")
                if audio is not None and audio.deltas and "transcript" not in part.streams:
                    message = (
                        f"part {part.index} of {item.id} has {audio.deltas} audio deltas, but no "
                        "transcript event came for it"
                    )
                    yield self.finding(
                        message, at=event.at, evidence=(audio.first_seq, audio.last_seq, event.seq),
                        subject=response.id,
                    )  # fmt: skip
                    return
