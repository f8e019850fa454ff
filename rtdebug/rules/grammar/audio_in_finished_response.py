"""Audio inside a finished response.

What it finds
    A ``response.done`` whose items hold the audio itself.
Why it matters
    The audio came in deltas already. Carried a second time it makes messages of megabytes, which
    break the size limits of client libraries (close 1009).
Example
    < response.done output[0].content[0].audio "UklGRiQA..."
What to do
    Do not rely on it; raise the size limit of the client while the server sends it.
Source
    OpenAI sends only the transcript there (captures of 2026); Python websockets refuses messages
    over 1 MiB by default.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, ODD_END, Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event


class AudioInFinishedResponse(Rule):
    """Looks into the items of every odd end."""

    name = "audio-in-finished-response"
    severity = Severity.WARNING
    certainty = Certainty.CERTAIN
    title = "The finished response carries its audio a second time"
    causes = (
        Cause("a compatible server keeps audio in its items", "likely",
              "run the same turn against the provider itself: the item has a transcript alone"),
        Cause("a gateway puts the deltas together for clients that do not stream", "possible",
              "look for a setting of the gateway, or connect without it"),
    )  # fmt: skip
    fix = (
        "Play the audio of the deltas. Raise the message size limit of the client library, and ask "
        "the server's makers to leave audio out of response.done."
    )
    roles = (ODD_END,)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done."""
        response = self.state.finished
        for item in (response.output or ()) if response is not None else ():
            content = item.get("content")
            if not isinstance(content, list):
                continue
            for index, part in enumerate(content):
                audio = part.get("audio") if isinstance(part, dict) else None
                if isinstance(audio, str) and audio:
                    return self._found(event, item.get("id"), index, len(audio))
        return NOTHING

    def _found(self, event: Event, id_: object, index: int, length: int) -> Iterable[Finding]:
        message = (
            f"part {index} of {id_} in {event.type} holds {length} characters of audio, which "
            f"makes the message {event.size} bytes long"
        )
        subject = id_ if isinstance(id_, str) else None
        yield self.finding(message, at=event.at, evidence=(event.seq,), subject=subject)
