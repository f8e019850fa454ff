"""Failed transcriptions of what the user said, by the pack's table."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.packs.errors import Said
from rtdebug.rules.said.saying import SayingRule, object_of, quoted, text_of


class Transcriptions(SayingRule):
    """Reads failed transcriptions by the table."""

    roles = ("transcription.failed",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A transcription that failed."""
        error = object_of(event.payload.get("error"))
        code, type_ = text_of(error.get("code")), text_of(error.get("type"))
        text = text_of(error.get("message")) or ""
        said = Said(where="transcription", code=code, type=type_, message=text)
        item_id = text_of(event.payload.get("item_id"))
        item = self.state.conversation.items.get(item_id or "")
        message = f"the audio of {item_id or 'an item'} was not transcribed; the server said "
        message += quoted(code, type_, text)
        evidence = (item.committed_seq if item else None, event.seq)
        texts = self.texts(said)
        for index, one in enumerate(texts):
            yield one.finding(
                message, at=event.at, evidence=evidence, subject=item_id,
                under=texts[0].name if index else None,
            )  # fmt: skip
