"""Audio came without its transcript.

What it finds
    A completed response with audio deltas and no transcript event.
Why it matters
    Subtitles stay empty, and the history that is replayed after a reconnect has no words.
Example
    < response.output_audio.delta
    < response.output_audio.done
    < response.done
What to do
    See whether a filter or gateway drops the transcript; a compatible server may not make any.
Source
    vllm-project/vllm-omni#5558; hkjarral/AVA-AI-Voice-Agent-for-Asterisk#192.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Finding, Severity
from rtdebug.model.records import Event
from rtdebug.rules.visibility import hides


class AudioWithoutTranscript(Rule):
    """Looks at every response with audio."""

    name = "audio-without-transcript"
    severity = Severity.WARNING
    title = "Audio came, but no transcript of it"
    causes = (
        Cause("a compatible server or gateway makes no transcript", "likely",
              "run the same turn against the provider itself"),
        Cause("a filter drops these events before they are logged", "possible",
              "record at the socket"),
    )  # fmt: skip
    fix = "Do not rely on output transcripts with this server, or transcribe the audio yourself."
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
