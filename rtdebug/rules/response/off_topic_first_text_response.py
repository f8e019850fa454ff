"""The first text answer of a session is JSON that nobody asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable

from rtdebug.engine.fields import text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Sender
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.visibility import sees

_FORMAT_WORDS = ("json", "schema", "format", "struct", "object", "field", "tool", "function")
_ASKING_WORDS = ("json", "schema", "structured", "function", "format of")
_LONGEST = 4000


class OffTopicFirstTextResponse(Rule):
    """Reads the first answer of a session, and what led to it."""

    name = "off-topic-first-text-response"
    roles = ("session.created", "session.updated", "session.update", "item.create",
             "response.create", "text.done", "response.done")  # fmt: skip

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._over = False
        self._asks = False
        self._text = ""

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Whatever leads to the first answer, and that answer."""
        if self._over:
            return NOTHING
        if role == "text.done":
            self._text = text_of(event.payload.get("text")) or ""
        elif role == "response.done":
            self._over = True
            if self.state.finished is not None:
                return self._first(self.state.finished, event)
        elif role != "session.created":
            self._asks = self._asks or _speaks_of_format(event)
        return NOTHING

    def _first(self, response: Response, event: Event) -> Iterable[Finding]:
        state = self.state
        if not (state.view.from_start and sees(state, Sender.CLIENT) and response.seen_created):
            return
        if response.modalities != ("text",) or response.status != "completed" or self._asks:
            return
        instructions = str(state.settings.session.get("instructions")).lower()
        if any(word in instructions for word in _FORMAT_WORDS) or not _is_json(self._text):
            return
        said = self.quote(self._text, 80)
        message = f"{response.id}, the first answer of the session, is JSON: {said!r}"
        yield self.finding(
            message, at=event.at, evidence=(response.seq, event.seq), subject=response.id
        )


def _speaks_of_format(event: Event) -> bool:
    try:
        words = json.dumps(event.payload, default=str)[:20_000].lower()
    except RecursionError:
        return True  # nested so deep that it cannot be read: it may speak of anything
    return any(word in words for word in _ASKING_WORDS)


def _is_json(text: str) -> bool:
    text = text.strip()
    if not text or text[0] not in "{[" or len(text) > _LONGEST:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
