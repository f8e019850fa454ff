"""Audio inside a finished response."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, ODD_END
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.rule import Rule


class AudioInFinishedResponse(Rule):
    """Looks into the items of every odd end."""

    name = "audio-in-finished-response"
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
